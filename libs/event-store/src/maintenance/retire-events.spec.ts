import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventsRetired } from '../command.ts';
import { deposit } from '../contract/purse.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { compareWithDatabase } from './compare-database.ts';
import { digestOf } from './digest.ts';
import {
  catalogue,
  command,
  kindOf,
  lanes,
  projections,
  type Purses,
  type Server,
  startServer,
} from './maintained-purses.fixture.ts';
import { rebuildProjections } from './rebuild-projections.ts';
import { republishService } from './republish-service.ts';
import { restoreService } from './restore-service.ts';
import { retireEvents } from './retire-events.ts';
import { verifyTopic } from './verify-topic.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

const move = (purses: Purses, count: number) => {
  const commands = Array.from({ length: count }, (_, index) => command(`purse-${index % 30}`, { tokens: 2n }));
  return Promise.all(commands.map((each) => purses.handle(deposit, each))).then(() => commands);
};

/** Waits for the next millisecond, so that later events have a later time. */
async function aMoment(): Promise<number> {
  const time = Date.now() + 1;
  while (Date.now() <= time) await new Promise((resolve) => setImmediate(resolve));
  return time;
}

/** A service with old events that keeps running, and the rows of its tables. */
async function started() {
  const database = await server.migratedDatabase();
  const log = new InMemoryLog();
  const service = await server.openPurses(database.name, log);
  const old = await move(service.purses, 900);
  const before = await aMoment();
  const recent = await move(service.purses, 300);
  // Published marks are written lazily; closing writes them.
  await service.store.close();
  const running = await server.openPurses(database.name, log);
  const retire = () => retireEvents({ pool: database.pool, log, catalogue, kindOf, before });
  return { ...database, log, ...running, old, recent, before, retire };
}

describe('retiring events', () => {
  it('takes out what is before a time, and restore brings it back, the same to the last byte', async () => {
    const { pool, log, retire } = await started();
    const tables = ['events', 'commands', 'purse_balances'];
    const whole = await digestOf(pool, tables);
    const retired = await retire();
    expect(retired.lanes.reduce((sum, { events }) => sum + events, 0)).toBe(900);
    expect((await digestOf(pool, tables)).slice(1)).toEqual(whole.slice(1));
    const topic = await verifyTopic({ log, catalogue });
    const compared = await compareWithDatabase(pool, catalogue.service, topic);
    expect(compared.map(({ fault, retired: gone }) => [fault, gone])).toEqual(
      retired.lanes.map(({ events }) => [undefined, events]),
    );
    expect((await retire()).lanes.every(({ events }) => events === 0)).toBe(true);

    const restored = await restoreService({ pool, log, catalogue, projections, foreignProjections: [] });
    expect(restored.events).toBe(900);
    expect(restored.lanes.map(({ refilled }) => refilled)).toEqual(retired.lanes.map(({ events }) => events));
    expect(await digestOf(pool, tables)).toEqual(whole);
  });

  it('leaves the service as it was: states, new commands, repeats of what is still there', async () => {
    const { purses, store, old, recent, retire } = await started();
    await retire();
    expect(await purses.load('purse-1')).toEqual({ tokens: 80n });
    const [again] = recent;
    expect(await purses.handle(deposit, again!)).toMatchObject({ repeated: true, events: [{ type: 'Deposited' }] });
    await move(purses, 30);
    expect(await purses.load('purse-1')).toEqual({ tokens: 82n });
    expect(store.problems()).toEqual([]);
    // A retired command has no answer, and no second effect.
    await expect(purses.handle(deposit, old[1]!)).rejects.toBeInstanceOf(EventsRetired);
    await expect(store.outcomeOf(old[1]!.id)).rejects.toBeInstanceOf(EventsRetired);
    expect(await purses.handle(deposit, { ...old[1]!, causationId: 'other/1/1' })).toMatchObject({
      repeated: true,
      events: [],
    });
    expect(await purses.load('purse-1')).toEqual({ tokens: 82n });
    for (let lane = 0; lane < lanes; lane++) {
      await expect(store.eventsAfter(lane, 0, 10)).rejects.toBeInstanceOf(EventsRetired);
      await expect(store.sequenceAt(lane, 0)).rejects.toBeInstanceOf(EventsRetired);
    }
  });

  it('folds first what only events could tell', async () => {
    const { pool, purses, retire } = await started();
    await pool.query("update streams set state_version = 0, state = ''");
    const { folded } = await retire();
    expect(folded).toBe(Number((await pool.query('select count(*) from streams')).rows[0].count));
    expect(await purses.load('purse-2')).toEqual({ tokens: 80n });
  });

  it('stores first the states of streams that have come further than their stored state', async () => {
    const { pool, log, name, purses, store } = await started();
    for (let count = 0; count < 3; count++) await purses.handle(deposit, command('purse-4', { tokens: 1n }));
    const before = await aMoment();
    await move(purses, 30);
    await store.close();
    const next = await server.openPurses(name, log);
    await retireEvents({ pool, log, catalogue, kindOf, before });
    expect(await next.purses.load('purse-4')).toEqual({ tokens: 85n });
    await next.purses.handle(deposit, command('purse-4', { tokens: 1n }));
    expect(await next.purses.load('purse-4')).toEqual({ tokens: 86n });
  });

  it('refuses what needs all events, and fails only the streams that would have to be folded anew', async () => {
    const { pool, log, name, purses, store, retire } = await started();
    await retire();
    await expect(rebuildProjections({ pool, catalogue, projections })).rejects.toThrow(
      /lane 0 begins at \d+.*run restore/,
    );
    await store.close();
    await expect(republishService({ pool, log: new InMemoryLog(), catalogue, replicationFactor: 1 })).rejects.toThrow(
      'old events were retired',
    );
    await pool.query("update streams set state_version = 0 where stream_id = 'purse-3'");
    const next = await server.openPurses(name, log);
    const [spoilt, others] = await Promise.allSettled([
      next.purses.handle(deposit, command('purse-3', { tokens: 1n })),
      move(next.purses, 3),
    ]);
    expect([spoilt.status, others.status]).toEqual(['rejected', 'fulfilled']);
    await restoreService({ pool, log, catalogue, projections, foreignProjections: [] });
    await next.purses.handle(deposit, command('purse-3', { tokens: 1n }));
    expect(await purses.load('purse-3')).toEqual({ tokens: 81n });
  });

  it('takes nothing out that the topic does not have', async () => {
    const { pool, retire, log, before } = await started();
    const whole = await digestOf(pool, ['events']);
    await pool.query("update events set hash = decode(repeat('ab', 32), 'hex') where sequence > 100");
    await expect(retire()).rejects.toThrow('has another hash in the topic than in the database');
    await expect(retireEvents({ pool, log: await emptyTopic(), catalogue, kindOf, before })).rejects.toThrow(
      /^the topic ends at 0 of lane 0/,
    );
    expect((await digestOf(pool, ['events']))[0]!.rows).toBe(whole[0]!.rows);
    expect(log.records(catalogue.topic, 0).length).toBeGreaterThan(0);
  });
});

async function emptyTopic(): Promise<InMemoryLog> {
  const log = new InMemoryLog();
  await log.createTopic(catalogue.topic, { partitions: lanes, replicationFactor: 1 });
  return log;
}
