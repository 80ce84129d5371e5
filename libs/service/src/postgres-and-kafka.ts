import { setTimeout as passing } from 'node:timers/promises';
import {
  DecodedEvents,
  defaultSubscriberLimits,
  EventBusServer,
  KafkaLog,
  type Listening,
  Seal,
} from '@tokengrid/event-bus';
import type { ComparedClockOptions, OpenedEventStore, StoreObserver } from '@tokengrid/event-store';
import { LogUnavailable, openPostgresEventStore } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Pool } from 'pg';
import { postgresAccessTokens } from './auth/access-tokens.table.ts';
import { postgresApiKeys, whyKeysMayLack } from './auth/api-keys.projection.ts';
import { calendarOf } from './calendar.ts';
import { isDatabaseAway } from './http/problem-of-error.ts';
import { clockObserver, storeObserver, subscriberObserver } from './observers.ts';
import type { OpenParts, Parts, PartsEnvironment } from './parts.ts';
import { openDatabase, poolOf } from './postgres/database.ts';
import { foreignProjectionsOf, migrationsOf, ownProjectionsOf } from './service-definition.ts';

const retryMs = 500;
/** Interval of looking for the topic of a service that has never run. */
const topicRetryMs = 500;

/**
 * Parts of a running service: its Postgres database and Kafka. Waits for both, up to
 * `startTimeoutMs`.
 */
export const openPostgresAndKafka: OpenParts = async (environment) => {
  const { definition, config, log } = environment;
  const { service } = definition.catalogue;
  const patience: Patience = { until: performance.now() + config.startTimeoutMs, log };
  const dataSource = await patiently('Postgres', isDatabaseAway, patience, () =>
    openDatabase({
      name: service,
      config,
      migrations: migrationsOf(definition),
      entities: definition.entities ?? [],
      log,
    }),
  );
  const kafka = new KafkaLog({
    brokers: config.kafkaBrokers,
    clientId: `tokengrid-${service}-${config.serviceInstance}`,
    seal: config.eventSealKeys && new Seal(config.eventSealKeys),
    logger: log,
  });
  // Created once, however often opening is retried: a metric's name can be registered once.
  const observer = storeObserver(log, environment.metrics);
  const decoded = new DecodedEvents();
  const ownClock = { maxSkewMs: config.maxClockSkewMs, ...clockObserver(log, environment.metrics) };
  try {
    const opened = await patiently(
      'Kafka',
      (error) => error instanceof LogUnavailable || isDatabaseAway(error),
      patience,
      () => openStore(environment, dataSource, kafka, { observer: holding(decoded, observer), ownClock }),
    );
    return partsOf(environment, dataSource, kafka, opened, decoded);
  } catch (error) {
    await kafka.close();
    await dataSource.destroy();
    throw error;
  }
};

interface Patience {
  readonly until: number;
  readonly log: Logger;
}

/**
 * Retries an action that fails because a server is not up yet: services and servers may start in
 * any order.
 */
async function patiently<T>(
  name: string,
  isAway: (error: unknown) => boolean,
  { until, log }: Patience,
  open: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      if (!isAway(error) || performance.now() > until) throw error;
      if (attempt === 1) log.warn({ err: error }, `waiting for ${name}`);
      await passing(retryMs);
    }
  }
}

type Opened = OpenedEventStore<DomainEvent, unknown>;

function openStore(
  { definition, config }: PartsEnvironment,
  dataSource: DataSource,
  kafka: KafkaLog,
  watching: { readonly observer: StoreObserver; readonly ownClock: ComparedClockOptions },
): Promise<Opened> {
  return openPostgresEventStore<DomainEvent, unknown>({
    pool: poolOf(dataSource),
    log: kafka,
    catalogue: definition.catalogue,
    system: definition.system,
    projections: ownProjectionsOf(definition),
    lookUp: definition.lookUp,
    foreignProjections: foreignProjectionsOf(definition).map(({ projection }) => projection),
    topic: { lanes: config.lanes, replicationFactor: config.kafkaReplicationFactor },
    limits: { answerTimeoutMs: config.answerTimeoutMs, maxWaitingCommands: config.maxWaitingCommands },
    ...watching,
    calendar: calendarOf(config.operatorTimeZone),
  });
}

/** The observer, with own events held for the service's own policies. */
function holding(decoded: DecodedEvents, observer: StoreObserver): StoreObserver {
  return {
    ...observer,
    committed: (batch) => {
      decoded.committed(batch.chained, batch.recorded);
      observer.committed?.(batch);
    },
  };
}

function partsOf(
  environment: PartsEnvironment,
  dataSource: DataSource,
  kafka: KafkaLog,
  opened: Opened,
  decoded: DecodedEvents,
): Parts {
  const { definition, log, metrics } = environment;
  const pool = poolOf(dataSource);
  const bus = new EventBusServer({
    log: kafka,
    pool,
    leases: opened.leases,
    published: (lane, sequence) => opened.store.published(lane, sequence),
    declareLeases: (names) => opened.leaseTable.declare(names),
    projections: foreignProjectionsOf(definition),
    limits: defaultSubscriberLimits,
    observer: subscriberObserver(log, metrics),
    topicRetryMs,
    decoded,
  });
  return {
    store: opened.store,
    clock: opened.clock,
    dataSource,
    apiKeys: postgresApiKeys(pool),
    accessTokens: postgresAccessTokens(pool),
    transports: [bus],
    hear: (listening) => bus.hear(listening as unknown as Listening),
    unsure: whyUnsure(pool, opened, bus),
    isUpToDate: () => bus.isUpToDate(lookMs),
    warnings: () => [
      ...opened.store.warnings(),
      ...bus.problems(),
      ...bus.waitingForTopics().map((name) => `${name} waits for its topic`),
    ],
    checkDatabase: async () => void (await Promise.all([pool.query('select 1'), opened.store.doubt(lookMs)])),
    checkLog: async () =>
      void (await Promise.all([kafka.partitionsOf(definition.catalogue.topic), opened.store.lookAtLog(lookMs)])),
    close: async () => {
      await opened.store.close();
      await kafka.close();
      await dataSource.destroy();
    },
  };
}

/** Maximum age of knowledge about the own database and topics, on request. */
const lookMs = 1000;

/**
 * Reason why a missing row may exist all the same: the own database, foreign topics, or the keys.
 */
function whyUnsure(pool: Pool, { store }: Opened, bus: EventBusServer): Parts['unsure'] {
  return async () => {
    const own = await store.doubt(0);
    if (own !== undefined) return own;
    const [late] = await bus.behind(lookMs);
    return late ?? (await whyKeysMayLack(pool));
  };
}
