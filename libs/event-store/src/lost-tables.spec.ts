import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { noted } from './contract/look-up.contract.ts';
import { deposit, depositOnce, NotedBefore } from './contract/purse.ts';
import { InMemoryLog } from './in-memory/in-memory-log.ts';
import {
  catalogue,
  command,
  notes,
  projections,
  type Server,
  startServer,
} from './maintenance/maintained-purses.fixture.ts';
import { rebuildProjections } from './maintenance/rebuild-projections.ts';
import { inTransaction } from './postgres/transaction.ts';
import { ownDeletes } from './postgres/watched-tables.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

const limits = { answerTimeoutMs: 1000, compareEveryMs: 50, lookEveryMs: 20 };
const lost =
  'the table purse_balances has lost rows that were not deleted by the service: run rebuild purse purse-balances';

async function opened() {
  const { name, pool } = await server.migratedDatabase();
  const log = new InMemoryLog();
  const open = async () => {
    const { purses, store } = await server.openPurses(name, log, limits);
    const put = (purse = 'a') => purses.handle(deposit, command(purse, { tokens: 1n }));
    return { store, put, purses };
  };
  const { store, put, purses } = await open();
  for (const purse of ['a', 'b', 'c', 'a']) await put(purse);
  expect(await store.doubt(0)).toBeUndefined();
  const rebuild = () => rebuildProjections({ pool, catalogue, projections });
  return { pool, store, put, purses, open, rebuild };
}

const anew = 'create table purse_notes_1 partition of purse_notes for values with (modulus 2, remainder 1)';
const changed = `drop table purse_notes_1; ${anew}`;

async function partitionOf(pool: pg.Pool, note: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ partition: string }>(
    'select tableoid::regclass::text as partition from purse_notes where note = $1',
    [note],
  );
  return rows[0]?.partition;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const balances = async (pool: pg.Pool) =>
  (await pool.query('select * from purse_balances order by purse')).rows as unknown[];

describe("a projection's table that loses its rows alone", () => {
  it.each([
    ['all of them', 'truncate purse_balances'],
    ['all of them, one by one', 'delete from purse_balances'],
    ['one of them', "delete from purse_balances where purse = 'b'"],
  ])('stops the service, with the table and what to do, until it is rebuilt: %s', async (_, lose) => {
    const { pool, store, put, rebuild } = await opened();
    const before = await balances(pool);
    await pool.query(lose);
    // No process may write on the remaining rows, nor decide on state read from them, not even at
    // once.
    await expect(put()).rejects.toThrow();
    expect(await store.doubt(0)).toBe(lost);
    expect(store.problems()).toContain(lost);
    await expect(put()).rejects.toThrow(lost);
    await rebuild();
    await until(() => store.problems().length === 0);
    expect(await balances(pool)).toEqual(before);
    expect(await store.doubt(0)).toBeUndefined();
    await put('d');
    expect(await balances(pool)).toHaveLength(before.length + 1);
  });

  it.each([
    ['truncated', 'truncate purse_notes_1', 'has lost rows that were not deleted by the service'],
    ['bereft of a row', 'delete from purse_notes_1', 'has lost rows that were not deleted by the service'],
    ['bereft of a row by the whole', 'delete from purse_notes', 'has lost rows that were not deleted by the service'],
    ['truncated by the whole', 'truncate purse_notes', 'has lost rows that were not deleted by the service'],
    ['dropped', 'drop table purse_notes_1', 'is gone'],
    ['changed for an empty one', changed, 'is not the table that the service has filled'],
  ])('is told of, too, as a partition that is %s', async (_, lose, fault) => {
    const { pool, store, purses, open } = await opened();
    await purses.handle(depositOnce, noted('a', 'books'));
    expect(await partitionOf(pool, 'books')).toBe('purse_notes_1');
    await pool.query(lose);
    expect(await store.doubt(0)).toMatch(
      new RegExp(`^the table purse_notes(_1)? ${fault}.* run rebuild purse purse-notes$`),
    );
    const again = await open();
    expect(again.store.problems().join('\n')).toContain(`the table purse_notes_1 ${fault}`);
    if (fault === 'is gone') await pool.query(anew);
    await rebuildProjections({ pool, catalogue, projections: notes });
    await until(() => store.problems().length === 0);
    await expect(purses.handle(depositOnce, noted('a', 'books'))).rejects.toBeInstanceOf(NotedBefore);
    expect(await store.doubt(0)).toBeUndefined();
  });

  it('may lose the rows of a partition that the service itself empties', async () => {
    const { pool, store, purses } = await opened();
    await purses.handle(depositOnce, noted('a', 'books'));
    await inTransaction(pool, (client) => client.query('truncate purse_notes_1'), ownDeletes);
    expect(await store.doubt(0)).toBeUndefined();
    await purses.handle(depositOnce, noted('a', 'books'));
  });

  it.each(['commands', 'events'])(
    'stops the service for good where command ids or events are lost alone: %s',
    async (table) => {
      const { pool, store, put, rebuild } = await opened();
      await pool.query(`delete from ${table}`);
      const reason = `the table ${table} has lost rows that were not deleted by the service: restore purse into an empty database`;
      expect(await store.doubt(0)).toBe(reason);
      await rebuild();
      await expect(put()).rejects.toThrow(reason);
    },
  );

  it('is told without being asked, also by a process that starts on it, though rows came back meanwhile', async () => {
    const { pool, store, open } = await opened();
    await pool.query('truncate purse_balances');
    await pool.query("insert into purse_balances values (0, 'a', 1)");
    await until(() => store.behindBecause === lost);
    const other = await open();
    expect(other.store.behindBecause).toBe(lost);
    await expect(other.put()).rejects.toThrow(lost);
  });

  it('is noticed where another table stands in its place, and where none does', async () => {
    const { pool, store, rebuild } = await opened();
    await pool.query('create table other (like purse_balances including all)');
    await pool.query('drop table purse_balances; alter table other rename to purse_balances');
    expect(await store.doubt(0)).toBe(
      'the table purse_balances is not the table that the service has filled: run rebuild purse purse-balances',
    );
    await rebuild();
    await until(() => store.problems().length === 0);
    await pool.query('drop table purse_balances');
    expect(await store.doubt(0)).toBe(
      'the table purse_balances is gone: create it as its migration does, then run rebuild purse purse-balances',
    );
  });

  it('is guarded as before once it was rebuilt', async () => {
    const { pool, store, rebuild } = await opened();
    await rebuild();
    expect(await store.doubt(0)).toBeUndefined();
    await pool.query('truncate purse_balances');
    expect(await store.doubt(0)).toBe(lost);
  });
});
