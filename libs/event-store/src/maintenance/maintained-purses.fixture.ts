import { randomUUID } from 'node:crypto';
import type { Catalogue } from '@tokengrid/contracts';
import { borrowPostgres } from '@tokengrid/infra-local/testing';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import pg from 'pg';
import type { Command } from '../command.ts';
import {
  createPurseBalances,
  createPurseNotes,
  type Moved,
  moved,
  notesLookUp,
  purse,
  purseBalances,
  purseCatalogue,
  type PurseEvent,
  purseNotes,
} from '../contract/purse.ts';
import type { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { defaultLeaseTerms } from '../leases.ts';
import type { EventStoreLimits } from '../event-store-limits.ts';
import type { LanedEventStore } from '../laned-event-store.ts';
import { createEventStoreTables } from '../migrations/event-store-migrations.ts';
import { laneConnections, openPostgresEventStore } from '../postgres/postgres-event-store.ts';
import type { Projection } from '../projection.ts';

export const lanes = 3;
/** Catalogue in the type that maintenance commands take. */
export const catalogue = purseCatalogue as unknown as Catalogue;
/** The projection of the table that commands' keys are looked up in. */
export const notes = [purseNotes] as unknown as readonly Projection<DomainEvent>[];
export const projections = [purseBalances] as unknown as readonly Projection<DomainEvent>[];

/** Kind of a stream by its id. */
export const kindOf = (streamId: string) =>
  (streamId.startsWith('lane-') ? moved : purse) as unknown as Aggregate<unknown, DomainEvent>;

export const command = <Data>(streamId: string, data: Data): Command<Data> => ({
  id: randomUUID(),
  streamId,
  data,
  correlationId: 'test',
  actor: 'spec',
});

/** Databases for the specs of maintenance commands. */
export async function startServer() {
  const postgres = await borrowPostgres('admin');
  const pools: pg.Pool[] = [];
  const stores: LanedEventStore<PurseEvent, Moved>[] = [];
  let databases = 0;

  const poolOf = (database: string, options: pg.PoolConfig = {}) => {
    const pool = new pg.Pool({ connectionString: postgres.url(database), max: 10, ...options });
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  };
  const admin = () => poolOf('admin');

  return {
    /** A migrated database of a service. */
    async migratedDatabase(): Promise<{ name: string; pool: pg.Pool }> {
      const name = `purses_${++databases}`;
      await postgres.ensureDatabase(name);
      const pool = poolOf(name);
      await createEventStoreTables(pool);
      await pool.query(createPurseBalances);
      await pool.query(createPurseNotes);
      return { name, pool };
    },
    /** A copy of a database without connections: a backup. */
    async copyOf(name: string): Promise<{ name: string; pool: pg.Pool }> {
      const copy = `purses_${++databases}`;
      await admin().query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        postgres.nameOf(name),
      ]);
      await admin().query(`create database ${postgres.nameOf(copy)} template ${postgres.nameOf(name)}`);
      return { name: copy, pool: poolOf(copy) };
    },
    /** A process of the service. */
    async openPurses(database: string, log: InMemoryLog, limits?: Partial<EventStoreLimits>) {
      const { store, storage } = await openPostgresEventStore<PurseEvent, Moved>({
        pool: poolOf(database, laneConnections),
        log,
        catalogue: purseCatalogue,
        system: moved,
        projections: [purseBalances, purseNotes as unknown as Projection<PurseEvent>],
        lookUp: notesLookUp,
        topic: { lanes, replicationFactor: 1 },
        leaseTerms: defaultLeaseTerms,
        ...(limits && { limits }),
      });
      stores.push(store);
      return { store, storage, purses: store.streams(purse) };
    },
    async stop(): Promise<void> {
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all(pools.map((pool) => pool.end()));
      await postgres.stop();
    },
  };
}

export type Server = Awaited<ReturnType<typeof startServer>>;
export type Purses = Awaited<ReturnType<Server['openPurses']>>['purses'];
