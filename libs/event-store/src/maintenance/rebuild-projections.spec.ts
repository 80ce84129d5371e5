import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noted } from '../contract/look-up.contract.ts';
import { deposit, depositOnce, NotedBefore, withdraw } from '../contract/purse.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { tableFaults } from '../postgres/table-kinds.ts';
import { digestOf } from './digest.ts';
import {
  catalogue,
  command,
  notes,
  projections,
  type Purses,
  type Server,
  startServer,
} from './maintained-purses.fixture.ts';
import { rebuildForeignProjection } from './rebuild-foreign-projection.ts';
import { rebuildProjections } from './rebuild-projections.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

const tables = ['purse_balances'];
const subscriber = 'projection-purse-balances';

async function move(purses: Purses, commands: number): Promise<void> {
  await Promise.all(
    Array.from({ length: commands }, (_, index) =>
      index % 3 === 2
        ? purses.handle(withdraw, command(`purse-${index % 40}`, { tokens: 1n }))
        : purses.handle(deposit, command(`purse-${index % 40}`, { tokens: BigInt(index) + 1n })),
    ),
  );
}

describe('rebuilding a projection of own events', () => {
  it('leaves what was there, under the same names', async () => {
    const { name, pool } = await server.migratedDatabase();
    await pool.query('create index purses_by_wealth on purse_balances (tokens desc)');
    const { purses } = await server.openPurses(name, new InMemoryLog());
    await move(purses, 600);
    const before = await digestOf(pool, tables);
    await pool.query("update purse_balances set tokens = tokens + 1 where purse = 'purse-0'");
    expect(await digestOf(pool, tables)).not.toEqual(before);
    const seen: number[] = [];
    const rebuilt = await rebuildProjections({
      pool,
      catalogue,
      projections,
      progress: ({ done }) => seen.push(done),
    });
    expect(rebuilt.digests).toEqual(before);
    expect(await digestOf(pool, tables)).toEqual(before);
    expect(seen.at(-1)).toBe(rebuilt.events);
    const { rows } = await pool.query("select indexname from pg_indexes where tablename = 'purse_balances' order by 1");
    expect(rows.map((row) => row.indexname)).toEqual(['purse_balances_pkey', 'purses_by_wealth']);
    expect(await tableFaults(pool)).toEqual([]);
    const { rows: left } = await pool.query("select from pg_namespace where nspname = 'rebuild'");
    expect(left).toEqual([]);
  });

  it('keeps what commands look up by their keys, in a table with its partitions', async () => {
    const { name, pool } = await server.migratedDatabase();
    const { purses } = await server.openPurses(name, new InMemoryLog());
    for (const note of ['rent', 'fuel', 'books', 'gifts']) await purses.handle(depositOnce, noted('purse-1', note));
    const inPartitions = () =>
      pool.query('select tableoid::regclass::text as partition, note from purse_notes order by note');
    const relations = () =>
      pool.query(`select relname, relkind from pg_class where relname like 'purse_notes%' order by relname`);
    const before = [(await inPartitions()).rows, (await relations()).rows];
    await rebuildProjections({ pool, catalogue, projections: notes });
    expect([(await inPartitions()).rows, (await relations()).rows]).toEqual(before);
    expect(await tableFaults(pool)).toEqual([]);
    const again = purses.handle(depositOnce, noted('purse-1', 'rent'));
    await expect(again).rejects.toThrow(new NotedBefore('purse-1 1'));
    await purses.handle(depositOnce, noted('purse-1', 'food'));
  });

  it('works while commands run: none fails, and a quiet rebuild afterwards gives the same digest', async () => {
    const { name, pool } = await server.migratedDatabase();
    const { purses } = await server.openPurses(name, new InMemoryLog());
    await move(purses, 2000);
    let rebuilding = true;
    const busy = (async () => {
      while (rebuilding) await move(purses, 50);
    })();
    for (let round = 0; round < 3; round++) await rebuildProjections({ pool, catalogue, projections });
    rebuilding = false;
    await busy;
    await move(purses, 50);
    const live = await digestOf(pool, tables);
    expect((await rebuildProjections({ pool, catalogue, projections })).digests).toEqual(live);
  });

  it('waits for a long reader only briefly at a time, and lets commands pass meanwhile', async () => {
    const { name, pool } = await server.migratedDatabase();
    const { purses } = await server.openPurses(name, new InMemoryLog());
    await move(purses, 100);
    const before = await digestOf(pool, tables);
    const reader = await pool.connect();
    await reader.query('begin; select * from purse_balances');
    const rebuilding = rebuildProjections({ pool, catalogue, projections });
    await waitFor(async () => {
      const waiting = await pool.query(
        `select from pg_locks join pg_database on pg_database.oid = pg_locks.database
         where datname = current_database() and not granted and mode = 'AccessExclusiveLock'`,
      );
      return waiting.rows.length > 0;
    });
    expect(await purses.handle(deposit, command('purse-0', { tokens: 1n }))).toMatchObject({ published: true });
    await reader.query('commit');
    reader.release();
    const rebuilt = await rebuilding;
    expect(rebuilt.digests).not.toEqual(before);
    expect(rebuilt.digests).toEqual(await digestOf(pool, tables));
  });

  it('lets one maintenance command at a time at a database', async () => {
    const { name, pool } = await server.migratedDatabase();
    await server.openPurses(name, new InMemoryLog());
    const options = { pool, catalogue, projections };
    // The first one waits for a reader until the second one was refused.
    const reader = await pool.connect();
    await reader.query('begin; select * from purse_balances');
    const both = [rebuildProjections(options), rebuildProjections(options)];
    await expect(Promise.any(both.map((each) => each.then(() => Promise.reject(new Error()), String)))).resolves.toBe(
      'Error: another maintenance command is running on this database: wait until it ends',
    );
    await reader.query('commit');
    reader.release();
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('rebuilding a foreign projection', () => {
  it('fills the tables from the topic and moves the marks to where they stand', async () => {
    const { name, pool } = await server.migratedDatabase();
    const log = new InMemoryLog();
    const { purses } = await server.openPurses(name, log);
    await move(purses, 600);
    const expected = await digestOf(pool, tables);
    const reader = await server.migratedDatabase();
    const [projection] = projections;
    const rebuilt = await rebuildForeignProjection({
      pool: reader.pool,
      log,
      catalogue,
      projection: projection!,
      subscriber,
    });
    expect(rebuilt.digests).toEqual(expected);
    const { rows: heads } = await pool.query('select lane, sequence, hash from lanes order by lane');
    const { rows: marks } = await reader.pool.query(
      'select lane, sequence, hash from subscriber_marks where subscriber = $1 order by lane',
      [subscriber],
    );
    expect(marks).toEqual(heads);
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
