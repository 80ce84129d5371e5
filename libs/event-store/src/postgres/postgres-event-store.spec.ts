import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Postgres, startPostgres } from '@tokengrid/infra-local';
import { laneOf } from '@tokengrid/kernel';
import pg from 'pg';
import { contractLanes, eventStoreContract, type StoreUnderTest } from '../contract/event-store.contract.ts';
import {
  createPurseBalances,
  deposit,
  type Moved,
  moved,
  purse,
  purseBalances,
  purseCatalogue,
  type PurseEvent,
} from '../contract/purse.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import type { LanedEventStore } from '../laned-event-store.ts';
import { createEventStoreTables } from '../migrations/event-store-migrations.ts';
import { laneConnections, openPostgresEventStore } from './postgres-event-store.ts';

let postgres: Postgres;
let home: string;
let databases = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokengrid-store-'));
  postgres = await startPostgres({ home });
}, 60_000);
afterAll(async () => {
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

async function freshDatabase(): Promise<string> {
  const name = `store_${++databases}`;
  const admin = new pg.Client(postgres.url('postgres'));
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  return postgres.url(name);
}

async function openStore(
  limits: Parameters<Parameters<typeof eventStoreContract>[1]>[0],
): Promise<StoreUnderTest & { pool: pg.Pool }> {
  const connectionString = await freshDatabase();
  const log = new InMemoryLog();
  const pools: pg.Pool[] = [];
  const stores: LanedEventStore<PurseEvent, Moved>[] = [];
  let skewMs = 0;
  const pool = () => {
    const made = new pg.Pool({ connectionString, max: 10, ...laneConnections });
    made.on('error', () => undefined);
    pools.push(made);
    return made;
  };
  const migrating = pool();
  await createEventStoreTables(migrating);
  await migrating.query(createPurseBalances);
  const start = async (more = limits) => {
    const { store } = await openPostgresEventStore<PurseEvent, Moved>({
      pool: pool(),
      log,
      catalogue: purseCatalogue,
      system: moved,
      projections: [purseBalances],
      topic: { lanes: contractLanes, replicationFactor: 1 },
      clock: () => Date.now() + skewMs,
      ...(more && { limits: more }),
    });
    stores.push(store);
    return store;
  };
  return {
    store: await start(),
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

eventStoreContract('Postgres', openStore);

describe('Postgres', () => {
  it('finds the one command in a batch that Postgres refuses, and takes the others', async () => {
    const under = await openStore(undefined);
    try {
      const purses = under.store.streams(purse);
      const results = await Promise.allSettled(
        Array.from({ length: 100 }, (_, index) =>
          purses.handle(deposit, {
            id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
            streamId: 'a',
            correlationId: 'test',
            data: { tokens: 1n, ...(index === 37 && { note: 'unwritable' }) },
          }),
        ),
      );
      expect(results.map((result) => result.status === 'rejected')).toEqual(results.map((_, index) => index === 37));
      const { rows } = await under.pool.query('select purse, tokens from purse_balances');
      expect(rows).toEqual([{ purse: 'a', tokens: '99' }]);
      const lane = laneOf('a', contractLanes);
      const { rows: heads } = await under.pool.query('select sequence from lanes where lane = $1', [lane]);
      expect(heads).toEqual([{ sequence: '99' }]);
    } finally {
      await under.close();
    }
  });

  it('refuses to start on a topic with another number of partitions', async () => {
    const under = await openStore(undefined);
    try {
      under.log.drop(purseCatalogue.topic);
      await under.log.createTopic(purseCatalogue.topic, { partitions: contractLanes + 1, replicationFactor: 1 });
      await expect(under.another()).rejects.toThrow('has 4 partitions');
    } finally {
      await under.close();
    }
  });
});
