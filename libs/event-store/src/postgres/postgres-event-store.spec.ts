import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import { laneOf } from '@tokengrid/kernel';
import pg from 'pg';
import { StoreUnavailable } from '../command.ts';
import { contractLanes, eventStoreContract, type StoreUnderTest } from '../contract/event-store.contract.ts';
import { invalidContract } from '../contract/invalid.contract.ts';
import { unreadableContract } from '../contract/unreadable.contract.ts';
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
import type { Projection, SqlWriter } from '../projection.ts';
import { laneConnections, openPostgresEventStore } from './postgres-event-store.ts';
import type { PostgresStorage } from './postgres-storage.ts';

let postgres: BorrowedPostgres;
let databases = 0;

beforeAll(async () => {
  postgres = await borrowPostgres();
}, 60_000);
afterAll(() => postgres.stop());

async function freshDatabase(): Promise<string> {
  const name = `store_${++databases}`;
  await postgres.ensureDatabase(name);
  return postgres.url(name);
}

async function openStore(
  limits: Parameters<Parameters<typeof eventStoreContract>[1]>[0],
  projection = purseBalances as unknown as Projection<PurseEvent, object>,
  failed: (error: unknown) => void = () => undefined,
): Promise<StoreUnderTest & { pool: pg.Pool; storage: PostgresStorage }> {
  const connectionString = await freshDatabase();
  const log = new InMemoryLog();
  const pools: pg.Pool[] = [];
  const stores: LanedEventStore<PurseEvent, Moved>[] = [];
  const storages: PostgresStorage[] = [];
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
  const start = async (more = limits, own: () => number = Date.now) => {
    const { store, storage } = await openPostgresEventStore<PurseEvent, Moved>({
      pool: pool(),
      log,
      catalogue: purseCatalogue,
      system: moved,
      projections: [projection],
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

eventStoreContract('Postgres', (limits) => openStore(limits));
unreadableContract('Postgres', (limits) => openStore(limits));
invalidContract('Postgres', (limits) => openStore(limits));

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

  it('does not let a relay move the mark whose lease another has had since', async () => {
    const under = await openStore(undefined);
    try {
      const mark = (sequence: number) => ({ sequence, hash: '00'.repeat(32), offset: sequence });
      expect(await under.storage.movePublishedMark(0, 1000, mark(9), true)).toBe(true);
      expect(await under.storage.movePublishedMark(0, 999, mark(4), true)).toBe(false);
      expect(await under.storage.publishedMark(0)).toEqual(mark(9));
    } finally {
      await under.close();
    }
  });

  it.each<[string, (sql: SqlWriter) => Promise<unknown>, string]>([
    ['has a bug', () => Promise.reject(new TypeError('this projection has a bug')), 'this projection has a bug'],
    ['asks what Postgres refuses', (sql) => sql.query('insert into nowhere select $1', ['x']), 'nowhere'],
    // `pg` refuses it without contacting Postgres: the commit must not be sent without that
    // statement.
    ['writes what cannot be sent', (sql) => sql.query('select $1::jsonb', [{ tokens: 1n }]), 'serialize a BigInt'],
  ])('stands a lane still while a projection %s, says so, and goes on once it does not', async (_how, fail, why) => {
    const failures: unknown[] = [];
    const failing = { fails: true };
    const projection: Projection<PurseEvent, object> = {
      ...(purseBalances as unknown as Projection<PurseEvent, object>),
      flush: async (sql, batch) => {
        if (failing.fails) await fail(sql);
        await (purseBalances as unknown as Projection<PurseEvent, object>).flush(sql, batch);
      },
    };
    const under = await openStore({ answerTimeoutMs: 1000 }, projection, (error) => failures.push(error));
    try {
      const purses = under.store.streams(purse);
      const put = () =>
        purses.handle(deposit, { id: randomUUID(), streamId: 'a', correlationId: 'test', data: { tokens: 1n } });
      await expect(put()).rejects.toBeInstanceOf(StoreUnavailable);
      while (failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(failures.map(String).join()).toContain(why);
      const { rows } = await under.pool.query('select from events');
      expect(rows).toEqual([]);
      failing.fails = false;
      expect((await put()).events).toMatchObject([{ sequence: 1 }]);
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
