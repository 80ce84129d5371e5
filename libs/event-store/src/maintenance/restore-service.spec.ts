import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventOfMessage, firstPreviousHash, hashOf, headersOf } from '@tokengrid/contracts';
import { noted } from '../contract/look-up.contract.ts';
import { deposit, depositOnce, NotedBefore, withdraw } from '../contract/purse.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { digestOf } from './digest.ts';
import {
  catalogue,
  command,
  kindOf,
  lanes,
  notes,
  projections,
  type Purses,
  type Server,
  startServer,
} from './maintained-purses.fixture.ts';
import { restoreService } from './restore-service.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

/**
 * Tables whose rows must be equal after a restore. Streams are a cache, and fold to the same
 * states.
 */
const tables = ['purse_balances', 'events', 'commands', 'lanes', 'event_store'];
const own = { catalogue, projections, foreignProjections: [] };

async function move(purses: Purses, commands: number) {
  const sent = Array.from({ length: commands }, (_, index) =>
    command(`purse-${index % 40}`, { tokens: BigInt(index) + 1n }),
  );
  const outcomes = await Promise.all(
    sent.map((each, index) => purses.handle(index % 3 === 2 ? withdraw : deposit, each)),
  );
  return { sent, outcomes };
}

describe('restoring a service', () => {
  it('fills an empty database: same rows, same digests, same answers', async () => {
    const lost = await server.migratedDatabase();
    const log = new InMemoryLog();
    const before = await server.openPurses(lost.name, log);
    const { sent, outcomes } = await move(before.purses, 6000);
    const expected = await digestOf(lost.pool, tables);
    await before.store.close();

    const fresh = await server.migratedDatabase();
    const restored = await restoreService({ pool: fresh.pool, isOwn: true, log, ...own });
    expect(restored.events).toBe(outcomes.reduce((sum, { events }) => sum + events.length, 0));
    expect(await digestOf(fresh.pool, tables)).toEqual(expected);

    const after = await server.openPurses(fresh.name, log);
    expect(after.store.problems()).toEqual([]);
    const again = await Promise.all(sent.slice(0, 100).map((each) => after.purses.handle(deposit, each)));
    expect(again).toEqual(outcomes.slice(0, 100).map((outcome) => ({ ...outcome, repeated: true })));
    const balance = await after.purses.load('purse-1');
    const { rows } = await fresh.pool.query("select tokens from purse_balances where purse = 'purse-1'");
    expect(rows).toEqual([{ tokens: balance.tokens.toString() }]);
    expect((await move(after.purses, 60)).outcomes.every(({ published }) => published)).toBe(true);
  });

  it('brings back what commands look up by their keys', async () => {
    const lost = await server.migratedDatabase();
    const log = new InMemoryLog();
    const before = await server.openPurses(lost.name, log);
    await before.purses.handle(depositOnce, noted('purse-1', 'rent'));
    await before.store.close();
    const fresh = await server.migratedDatabase();
    await restoreService({ pool: fresh.pool, isOwn: true, log, ...own, projections: [...projections, ...notes] });
    const { purses } = await server.openPurses(fresh.name, log);
    const again = purses.handle(depositOnce, noted('purse-1', 'rent'));
    await expect(again).rejects.toThrow(new NotedBefore('purse-1 1'));
    await purses.handle(depositOnce, noted('purse-1', 'food'));
  });

  it('stores the states of long streams along the way, so that nobody waits for them later', async () => {
    const lost = await server.migratedDatabase();
    const log = new InMemoryLog();
    const before = await server.openPurses(lost.name, log);
    const deposits = Array.from({ length: 700 }, () => command('busy', { tokens: 1n }));
    await Promise.all(deposits.map((each) => before.purses.handle(deposit, each)));
    await before.purses.handle(deposit, command('idle', { tokens: 1n }));
    await before.store.close();
    const fresh = await server.migratedDatabase();
    await restoreService({ pool: fresh.pool, isOwn: true, log, ...own, kindOf });
    const { rows } = await fresh.pool.query('select stream_id, revision from streams');
    expect(rows).toContainEqual({ stream_id: 'busy', revision: 700 });
    expect(rows).not.toContainEqual(expect.objectContaining({ stream_id: 'idle' }));
    const after = await server.openPurses(fresh.name, log);
    expect(await after.purses.load('busy')).toEqual({ tokens: 700n });
  });

  it('passes over what readers pass over, at the end of a lane too, and says so', async () => {
    const lost = await server.migratedDatabase();
    const log = new InMemoryLog();
    const before = await server.openPurses(lost.name, log);
    await move(before.purses, 100);
    const expected = await digestOf(lost.pool, tables);
    await before.store.close();
    const records = log.records(catalogue.topic, 0);
    const [first, last] = [records[0]!, records.at(-1)!];
    const { event } = eventOfMessage(first);
    const renamed = { ...event, correlationId: 'somebody-else' };
    const contradicting = { ...renamed, hash: hashOf(renamed, firstPreviousHash) };
    const sequence = String(eventOfMessage(last).event.sequence + 1);
    const damaged = { ...last.headers, ce_sequence: sequence, ce_id: `purse/0/${sequence}` };
    log.smuggle(catalogue.topic, 0, { ...last, headers: {} });
    log.smuggle(catalogue.topic, 0, {
      ...first,
      headers: Object.fromEntries(headersOf(contradicting, firstPreviousHash)),
    });
    log.smuggle(catalogue.topic, 0, { ...last, headers: damaged });

    const fresh = await server.migratedDatabase();
    const restored = await restoreService({ pool: fresh.pool, isOwn: true, log, ...own });
    expect(await digestOf(fresh.pool, tables)).toEqual(expected);
    expect(restored.lanes[0]).toMatchObject({
      garbage: 3,
      doubts: [
        expect.stringContaining('the header ce_id is missing'),
        expect.stringContaining('came again with another hash'),
        expect.stringContaining('its hash does not match its content'),
      ],
    });
  });

  it('catches up an older backup, while the service that refuses to go on with it runs', async () => {
    const current = await server.migratedDatabase();
    const log = new InMemoryLog();
    const first = await server.openPurses(current.name, log);
    await move(first.purses, 300);
    await first.store.close();
    const backup = await server.copyOf(current.name);
    const second = await server.openPurses(current.name, log);
    await move(second.purses, 300);
    await second.store.close();
    const expected = await digestOf(current.pool, tables);

    const behind = await server.openPurses(backup.name, log, { compareEveryMs: 50 });
    expect(behind.store.problems()).toHaveLength(lanes);
    const restored = await restoreService({ pool: backup.pool, log, ...own });
    expect(restored.events).toBeGreaterThan(0);
    expect(await digestOf(backup.pool, tables)).toEqual(expected);
    while (behind.store.problems().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await move(behind.purses, 60)).outcomes.every(({ published }) => published)).toBe(true);
    // Nothing is left to do, which is not an error.
    expect(await restoreService({ pool: backup.pool, log, ...own })).toMatchObject({ events: 0 });
  });

  it('fills an emptied database under processes that were at work before, which then go on by themselves', async () => {
    const { name, pool } = await server.migratedDatabase();
    const log = new InMemoryLog();
    const processes = [await server.openPurses(name, log), await server.openPurses(name, log)];
    for (const { purses } of processes) await move(purses, 60);
    const expected = await digestOf(pool, tables);
    await pool.query(
      'truncate events, commands, streams, lanes, relays, event_store, lease_holders, leases, purse_balances, lost_rows',
    );
    expect((await restoreService({ pool, log, ...own })).events).toBeGreaterThanOrEqual(120);
    expect(await digestOf(pool, tables)).toEqual(expected);
    for (const { store, purses } of processes) {
      while (store.problems().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect((await move(purses, 60)).outcomes.every(({ published }) => published)).toBe(true);
    }
    expect(await restoreService({ pool, log, ...own })).toMatchObject({ events: 0 });
  });

  it('refuses a database whose history is another one', async () => {
    const log = new InMemoryLog();
    const one = await server.migratedDatabase();
    const { purses, store } = await server.openPurses(one.name, log);
    await move(purses, 200);
    await store.close();
    const other = await server.migratedDatabase();
    const otherwise = await server.openPurses(other.name, new InMemoryLog());
    await move(otherwise.purses, 60);
    await otherwise.store.close();
    await expect(restoreService({ pool: other.pool, log, ...own })).rejects.toThrow('the histories have forked');
  });

  it('says so when there is no topic to restore from', async () => {
    const { pool } = await server.migratedDatabase();
    await expect(restoreService({ pool, log: new InMemoryLog(), ...own })).rejects.toThrow(
      'no such topic: tokengrid.purse',
    );
  });
});
