import { afterAll, beforeAll } from '@jest/globals';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import pg from 'pg';
import { contractLanes, type OpenStore, type StoreUnderTest } from '../contract/event-store.contract.ts';
import {
  createPurseBalances,
  createPurseNotes,
  type Moved,
  moved,
  notesLookUp,
  purseBalances,
  purseCatalogue,
  type PurseEvent,
  purseNotes,
} from '../contract/purse.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import type { LanedEventStore } from '../laned-event-store.ts';
import { createEventStoreTables } from '../migrations/event-store-migrations.ts';
import type { LookUp } from '../look-up.ts';
import type { Projection } from '../projection.ts';
import { laneConnections, openPostgresEventStore } from './postgres-event-store.ts';
import type { PostgresStorage } from './postgres-storage.ts';

/** A store of purses in a database of its own. */
export interface PursesInPostgres extends StoreUnderTest {
  readonly pool: pg.Pool;
  readonly storage: PostgresStorage;
}

export interface PurseOptions {
  readonly limits?: Parameters<OpenStore>[0];
  readonly projection?: Projection<PurseEvent, object>;
  readonly lookUp?: LookUp<PurseEvent>;
  readonly failed?: (error: unknown) => void;
  /** Changes the tables before they are used. */
  readonly prepare?: (pool: pg.Pool) => Promise<void>;
  /** Sees each connection of the stores' pools. */
  readonly connected?: (client: pg.PoolClient) => void;
}

/** Opens stores of purses on a borrowed Postgres. */
export function pursesInPostgres(): (options?: PurseOptions) => Promise<PursesInPostgres> {
  let postgres: BorrowedPostgres;
  let databases = 0;
  beforeAll(async () => {
    postgres = await borrowPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());
  return async (options = {}) => {
    const name = `store_${++databases}`;
    await postgres.ensureDatabase(name);
    return openPurses(postgres.url(name), options);
  };
}

async function openPurses(connectionString: string, options: PurseOptions): Promise<PursesInPostgres> {
  const { limits, lookUp = notesLookUp, failed = () => undefined, prepare, connected } = options;
  const projection = options.projection ?? (purseBalances as unknown as Projection<PurseEvent, object>);
  const log = new InMemoryLog();
  const pools: pg.Pool[] = [];
  const stores: LanedEventStore<PurseEvent, Moved>[] = [];
  const storages: PostgresStorage[] = [];
  let skewMs = 0;
  const newPool = () => {
    const pool = new pg.Pool({ connectionString, max: 10, ...laneConnections });
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  };
  const migrating = newPool();
  await createEventStoreTables(migrating);
  await migrating.query(createPurseBalances);
  await migrating.query(createPurseNotes);
  await prepare?.(migrating);
  const start = async (more = limits, own: () => number = Date.now) => {
    const pool = newPool();
    if (connected) pool.on('connect', connected);
    const { store, storage } = await openPostgresEventStore<PurseEvent, Moved>({
      pool,
      log,
      catalogue: purseCatalogue,
      system: moved,
      projections: [projection, purseNotes as unknown as Projection<PurseEvent, object>],
      lookUp,
      observer: { failed },
      topic: { lanes: contractLanes, replicationFactor: 1 },
      clock: () => Date.now() + skewMs,
      ownClock: { own },
      ...(more && { limits: more }),
    });
    stores.push(store);
    storages.push(storage);
    return store;
  };
  return {
    store: await start(),
    storage: storages[0]!,
    log,
    pool: migrating,
    another: start,
    step: (milliseconds) => (skewMs += milliseconds),
    close: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await Promise.all(pools.map((each) => each.end()));
    },
  };
}
