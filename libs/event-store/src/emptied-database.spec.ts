import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { deposit } from './contract/purse.ts';
import { InMemoryLog } from './in-memory/in-memory-log.ts';
import { catalogue, command, projections, type Server, startServer } from './maintenance/maintained-purses.fixture.ts';
import { restoreService } from './maintenance/restore-service.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

const emptied = 'truncate events, commands, streams, lanes, relays, event_store, purse_balances';

describe('a database that is emptied under a process', () => {
  async function opened() {
    const { name, pool } = await server.migratedDatabase();
    const log = new InMemoryLog();
    const { purses, store } = await server.openPurses(name, log, { compareEveryMs: 50, lookEveryMs: 20 });
    const put = () => purses.handle(deposit, command('a', { tokens: 1n }));
    for (let count = 0; count < 3; count++) await put();
    expect(await store.doubt(0)).toBeUndefined();
    return { pool, log, store, put };
  }

  it.each<[string, (pool: pg.Pool) => Promise<unknown>, string]>([
    ['its rows', (pool) => pool.query(emptied), 'its row is gone from the database'],
    ['its tables', (pool) => pool.query('drop table events, lanes, relays'), 'the tables of the event store are gone'],
    [
      'its events, with rows as of a new one',
      (pool) => pool.query('truncate events, commands; update lanes set sequence = 0; update relays set sequence = 0'),
      'the database ends at 0, but events up to 3 were stored',
    ],
  ])('is doubted at once, told without being asked, and takes no commands: without %s', async (_, empty, reason) => {
    const { pool, store, put } = await opened();
    await empty(pool);
    expect(await store.doubt(0)).toContain(reason);
    expect(store.problems().join()).toContain(reason);
    await expect(put()).rejects.toThrow(reason);
    const other = await opened();
    await empty(other.pool);
    while (other.store.behindBecause === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('is believed again by itself once its events are back', async () => {
    const { pool, log, store, put } = await opened();
    await pool.query(
      `truncate events, commands, streams, purse_balances;
       update lanes set sequence = 0, time = 0, hash = decode(repeat('0', 64), 'hex')`,
    );
    expect(await store.doubt(0)).toContain('the database ends at 0');
    await restoreService({ pool, log, catalogue, projections, foreignProjections: [] });
    while (store.problems().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await store.doubt(0)).toBeUndefined();
    expect((await put()).events[0]).toMatchObject({ sequence: 4 });
  });
});
