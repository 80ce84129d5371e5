import { randomUUID } from 'node:crypto';
import { type Catalogue, firstPreviousHash } from '@tokengrid/contracts';
import type { Aggregate, Calendar, DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import type { EventLog } from '../event-log.ts';
import { defaultLimits, type EventStoreLimits } from '../event-store-limits.ts';
import { LanedEventStore } from '../laned-event-store.ts';
import type { StoreObserver } from '../store-observer.ts';
import { defaultLeaseTerms, LeaseKeeper, type LeaseTerms } from '../leases.ts';
import type { LookUp } from '../look-up.ts';
import type { Projection } from '../projection.ts';
import { ComparedClock, type ComparedClockOptions, type StorageClock } from '../storage-clock.ts';
import { laneStatementsOf } from './lane-statements.ts';
import { PostgresLeases } from './postgres-leases.ts';
import { PostgresStorage } from './postgres-storage.ts';
import { watchedTables, watchTables } from './watched-tables.ts';

export interface PostgresEventStoreOptions<E extends DomainEvent, System> {
  /** A pool of a migrated database. Its connections should be {@link laneConnections}. */
  readonly pool: Pool;
  readonly log: EventLog;
  readonly catalogue: Catalogue<E>;
  readonly system?: Aggregate<System, E> | undefined;
  readonly projections?: readonly Projection<E>[];
  /** Look-up of commands' keys, in a table of these projections. */
  readonly lookUp?: LookUp<E> | undefined;
  /** Foreign projections in the same database, whose tables are watched with its own. */
  readonly foreignProjections?: readonly Pick<Projection<never>, 'name' | 'tables'>[];
  /** Settings of a new topic; an existing one decides the number of lanes. */
  readonly topic: { readonly lanes: number; readonly replicationFactor: number };
  readonly limits?: Partial<EventStoreLimits>;
  readonly leaseTerms?: LeaseTerms;
  readonly observer?: StoreObserver;
  /** Options of comparing this process' own clock. */
  readonly ownClock?: ComparedClockOptions;
  /** Replaces Postgres' clock in specs in which days pass; epoch milliseconds. */
  readonly clock?: (() => number) | undefined;
  /** The operator's calendar; UTC by default. */
  readonly calendar?: Calendar;
}

/** Time limits of a service's statements. */
export interface StatementTimeouts {
  /** Time after which Postgres cancels a statement; 0: never. */
  readonly statementTimeoutMs: number;
}

/**
 * Settings of a service's connections. A process frozen inside a transaction loses its lane's lock
 * within 2 s, a hanging statement is cancelled, and Postgres drops a peer that takes no answers.
 * Statements are pipelined, so that a batch costs three round trips instead of one per statement.
 */
export const connectionsOf = ({ statementTimeoutMs }: StatementTimeouts) => ({
  options: Object.entries({
    idle_in_transaction_session_timeout: 2000,
    statement_timeout: statementTimeoutMs,
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 2,
    tcp_keepalives_count: 3,
    tcp_user_timeout: 5000,
    synchronous_commit: 'on',
  })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' '),
  pipeline: true as const,
});

/** Connections of a store without callers: benches, specs, maintenance. */
export const laneConnections = connectionsOf({ statementTimeoutMs: 30_000 });

/** An opened event store, and the leases that subscribers share with it. */
export interface OpenedEventStore<E extends DomainEvent, System> {
  readonly store: LanedEventStore<E, System>;
  readonly leases: LeaseKeeper;
  readonly leaseTable: PostgresLeases;
  readonly storage: PostgresStorage;
  readonly clock: StorageClock;
}

/**
 * Opens a service's event store: settles the number of lanes between topic and database, and starts
 * lanes, relays and leases.
 * @throws Error if the topic's partitions and the database's lanes disagree
 */
export async function openPostgresEventStore<E extends DomainEvent, System = undefined>(
  options: PostgresEventStoreOptions<E, System>,
): Promise<OpenedEventStore<E, System>> {
  const { pool, log, catalogue, observer = {} } = options;
  const lanes = await settleLanes(pool, log, catalogue, options.topic);
  const failed = (error: unknown) => observer.failed?.(error);
  const projections = (options.projections ?? []) as unknown as readonly Projection<DomainEvent>[];
  const watched = watchedTables(catalogue.service, [...projections, ...(options.foreignProjections ?? [])]);
  await watchTables(
    pool,
    watched.map(({ table }) => table),
  );
  const storage = new PostgresStorage({
    pool,
    service: catalogue.service,
    lanes,
    statements: await laneStatementsOf(pool),
    projections,
    lookUp: options.lookUp as LookUp | undefined,
    watched,
    clock: options.clock,
    onError: failed,
  });
  const leaseTable = new PostgresLeases(pool);
  await leaseTable.declare(Array.from({ length: lanes }, (_, lane) => `relay/${lane}`));
  const compared = new ComparedClock(options.ownClock);
  const leases = new LeaseKeeper(leaseTable, randomUUID(), options.leaseTerms ?? defaultLeaseTerms, failed, compared);
  const store = new LanedEventStore<E, System>({
    catalogue,
    system: options.system,
    storage,
    log,
    leases,
    limits: { ...defaultLimits, ...options.limits },
    observer,
    calendar: options.calendar,
  });
  await store.start();
  await leases.start();
  return { store, leases, leaseTable, storage, clock: options.clock ? { now: options.clock } : compared };
}

/** Number of lanes, fixed when topic and database are created; both must agree for ever. */
async function settleLanes(
  pool: Pool,
  log: EventLog,
  { service, topic }: { readonly service: string; readonly topic: string },
  settings: { readonly lanes: number; readonly replicationFactor: number },
): Promise<number> {
  const stored = await storedLanes(pool, service);
  let partitions = await log.partitionsOf(topic);
  if (partitions === undefined) {
    const { replicationFactor } = settings;
    await log.createTopic(topic, { partitions: stored ?? settings.lanes, replicationFactor });
    partitions = (await log.partitionsOf(topic)) ?? stored ?? settings.lanes;
  }
  if (stored === undefined) await createLanes(pool, service, partitions);
  else if (stored !== partitions) {
    throw new Error(
      `${topic} has ${partitions} partitions, but the database of ${service} was made for ${stored} lanes: this is another topic or another database`,
    );
  }
  return partitions;
}

/**
 * Number of lanes of a database; `undefined` for a new one.
 * @throws Error for another service's database
 */
export async function storedLanes(pool: Pool, service: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ service: string; lanes: number }>('select service, lanes from event_store');
  const [row] = rows;
  if (row && row.service !== service) throw new Error(`this is the database of ${row.service}, not of ${service}`);
  return row?.lanes;
}

/** Creates the rows of a new database's lanes. Two processes that start at once agree. */
export async function createLanes(pool: Pool, service: string, lanes: number): Promise<void> {
  const hash = Buffer.from(firstPreviousHash, 'hex');
  await pool.query('insert into event_store values ($1, $2) on conflict do nothing', [service, lanes]);
  await pool.query(
    'insert into lanes select lane, 0, $2, 0 from generate_series(0, $1 - 1) lane on conflict do nothing',
    [lanes, hash],
  );
  await pool.query(
    'insert into relays select lane, 0, 0, $2 from generate_series(0, $1 - 1) lane on conflict do nothing',
    [lanes, hash],
  );
}
