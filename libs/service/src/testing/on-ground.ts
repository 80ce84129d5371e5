import type { Listening } from '@tokengrid/event-bus';
import { InMemoryLog, openPostgresEventStore } from '@tokengrid/event-store';
import { borrowPostgres } from '@tokengrid/infra-local/testing';
import type { DomainEvent } from '@tokengrid/kernel';
import type { DestinationStream } from 'pino';
import { postgresAccessTokens } from '../auth/access-tokens.table.ts';
import { postgresApiKeys } from '../auth/api-keys.projection.ts';
import { calendarOf } from '../calendar.ts';
import type { BaseConfig } from '../config/base-config.ts';
import { readConfig } from '../config/read-config.ts';
import { openLog } from '../log/log.ts';
import type { OpenParts } from '../parts.ts';
import { openDatabase, poolOf } from '../postgres/database.ts';
import { type RunningService, runService } from '../run-service.ts';
import { migrationsOf, ownProjectionsOf } from '../service-definition.ts';
import { KnownKeys } from './known-keys.ts';
import { TestedService } from './tested-service.ts';
import { databaseOf, settingsOfSpecs, type SomeSettings, type Testable } from './testable.ts';

/** Lanes of a service on a {@link Ground}. */
export const lanesOfSpecs = 3;

/**
 * State that outlives the processes of a service: a Postgres, a log in memory, the keys of callers.
 */
export interface Ground {
  databaseUrl(database: string): string;
  /** Without readers: specs call policies themselves. */
  readonly log: InMemoryLog;
  readonly keys: KnownKeys;
  /** What its processes listen to: specs say it themselves. */
  readonly listening: Listening[];
  close(): Promise<void>;
}

/** Opens the ground of a service. @param others databases beside its own */
export async function openGround(service: string, ...others: readonly string[]): Promise<Ground> {
  const postgres = await borrowPostgres(databaseOf(service), ...others);
  return {
    databaseUrl: (database) => postgres.url(database),
    log: new InMemoryLog(),
    keys: new KnownKeys(),
    listening: [],
    close: () => postgres.stop(),
  };
}

/** Differences of one process from the others. */
export interface Life {
  readonly settings?: SomeSettings;
  /** Instead of Postgres' clock, asked anew each time; epoch milliseconds. */
  readonly clock?: (() => number) | undefined;
  /** Keys come from the service's own events, not from its ground. */
  readonly hasOwnKeys?: boolean;
  /** Destination of its log; standard output by default. */
  readonly logTo?: DestinationStream;
}

/** Starts one process of a service, as in production except the log and the API keys. */
export async function startOn<Config extends BaseConfig>(
  ground: Ground,
  { name, module, config: schema }: Testable<Config>,
  life: Life = {},
): Promise<RunningService> {
  const config = readConfig(schema, {
    ...settingsOfSpecs,
    DATABASE_URL: ground.databaseUrl(databaseOf(name)),
    KAFKA_BROKERS: 'nowhere:1',
    ...life.settings,
  });
  const log = openLog({ service: name, instance: '1', level: config.logLevel, format: 'json' }, life.logTo);
  return runService({ name, module, config, log, openParts: partsOn(ground, life) });
}

/**
 * Starts a service on a ground of its own, for specs that need no facts. Nobody states events to
 * it.
 */
export async function runAlone<Config extends BaseConfig>(testable: Testable<Config>): Promise<TestedService> {
  const ground = await openGround(testable.name);
  const service = await startOn(ground, testable);
  return new TestedService(service, testable.name, async () => {
    await service.close();
    await ground.close();
  });
}

const partsOn =
  ({ keys, log: events, listening: heard }: Ground, { clock: standIn, hasOwnKeys = false }: Life): OpenParts =>
  async ({ definition, config, log }) => {
    const { catalogue, system, lookUp, entities = [] } = definition;
    const migrations = migrationsOf(definition);
    const dataSource = await openDatabase({ name: catalogue.service, config, migrations, entities, log });
    const pool = poolOf(dataSource);
    const { store, clock } = await openPostgresEventStore<DomainEvent, unknown>({
      pool,
      log: events,
      clock: standIn,
      ...(standIn && { ownClock: { maxSkewMs: Number.POSITIVE_INFINITY } }),
      calendar: calendarOf(config.operatorTimeZone),
      catalogue,
      system,
      projections: ownProjectionsOf(definition),
      lookUp,
      topic: { lanes: lanesOfSpecs, replicationFactor: 1 },
      limits: { answerTimeoutMs: config.answerTimeoutMs },
    });
    return {
      store,
      clock,
      dataSource,
      apiKeys: hasOwnKeys ? postgresApiKeys(pool) : keys,
      accessTokens: postgresAccessTokens(pool),
      transports: [],
      hear: (listening) => {
        heard.push(listening as unknown as Listening);
        return Promise.resolve();
      },
      unsure: () => Promise.resolve(undefined),
      isUpToDate: () => Promise.resolve(true),
      warnings: () => [],
      checkDatabase: async () => undefined,
      checkLog: async () => undefined,
      close: async () => {
        await store.close();
        await dataSource.destroy();
      },
    };
  };
