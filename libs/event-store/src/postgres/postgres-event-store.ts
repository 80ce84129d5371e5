import { randomUUID } from 'node:crypto';
import { type Catalogue, firstPreviousHash } from '@tokengrid/contracts';
import type { Aggregate, Calendar, DomainEvent } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import type { EventLog } from '../event-log.ts';
import { defaultLimits, type EventStoreLimits } from '../event-store-limits.ts';
import { LanedEventStore } from '../laned-event-store.ts';
import type { StoreObserver } from '../store-observer.ts';
import { defaultLeaseTerms, LeaseKeeper, type LeaseTerms } from '../leases.ts';
import type { Projection } from '../projection.ts';
import { ComparedClock, type ComparedClockOptions, type StorageClock } from '../storage-clock.ts';
import { PostgresLeases } from './postgres-leases.ts';
import { PostgresStorage } from './postgres-storage.ts';
import { watchedTables, watchTables } from './watched-tables.ts';

export interface PostgresEventStoreOptions<E extends DomainEvent, System> {
  /** A pool whose database has been migrated. Its connections should be {@link laneConnections}. */
  readonly pool: Pool;
  readonly log: EventLog;
  readonly catalogue: Catalogue<E>;
  readonly system?: Aggregate<System, E> | undefined;
  readonly projections?: readonly Projection<E>[];
  /** Projections of others' events in the same database, whose tables are watched with its own. */
  readonly foreignProjections?: readonly Pick<Projection<never>, 'name' | 'tables'>[];
  /** What a new topic is created with; an existing one decides the number of lanes itself. */
  readonly topic: { readonly lanes: number; readonly replicationFactor: number };
  readonly limits?: Partial<EventStoreLimits>;
  readonly leaseTerms?: LeaseTerms;
  readonly observer?: StoreObserver;
  /** What this process' own clock is compared by, and who is told. */
  readonly ownClock?: ComparedClockOptions;
  /** Stands in for Postgres' clock, in specs in which days go by; epoch milliseconds. */
  readonly clock?: (() => number) | undefined;
  /** The operator's; UTC unless there is one. */
  readonly calendar?: Calendar;
}

/** For how long a service waits for Postgres, by kind of statement. */
export interface StatementTimeouts {
  /** Until Postgres itself ends a statement; 0 for never. */
  readonly statementTimeoutMs: number;
}

/**
 * What `pg` opens a service's connections with. A process that froze inside a transaction lets go of its lane within 2 s, a statement that
 * hangs ends, and Postgres lets go of whoever does not take its answers. Pipelined: a transaction's statements are sent without waiting
 * for each other's answers, so that a batch costs three round trips and not one per statement.
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

/** The connections of a store that no caller waits for: benches, specs, maintenance. */
export const laneConnections = connectionsOf({ statementTimeoutMs: 30_000 });

/** What {@link openPostgresEventStore} gives: the store, and the leases that subscribers share with it. */
export interface OpenedEventStore<E extends DomainEvent, System> {
  readonly store: LanedEventStore<E, System>;
  readonly leases: LeaseKeeper;
  readonly leaseTable: PostgresLeases;
  readonly storage: PostgresStorage;
  readonly clock: StorageClock;
}

/**
 * Opens a service's event store: settles the number of lanes between topic and database, and starts lanes, relays and leases.
 * @throws Error when the topic's partitions and the lanes in the database disagree.
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
    projections,
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

/** The number of lanes is fixed when topic and database are made, and both must say the same for ever. */
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

/** Number of lanes that a database was made for; `undefined` in a new one. @throws Error for another service's database. */
export async function storedLanes(pool: Pool, service: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ service: string; lanes: number }>('select service, lanes from event_store');
  const [row] = rows;
  if (row && row.service !== service) throw new Error(`this is the database of ${row.service}, not of ${service}`);
  return row?.lanes;
}

/** Makes the rows of a new database's lanes. Two processes that start at once agree. */
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
