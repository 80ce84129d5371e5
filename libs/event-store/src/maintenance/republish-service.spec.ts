import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deposit, withdraw } from '../contract/purse.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { compareWithDatabase } from './compare-database.ts';
import { catalogue, command, lanes, type Purses, type Server, startServer } from './maintained-purses.fixture.ts';
import { republishService } from './republish-service.ts';
import { verifyTopic } from './verify-topic.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

const { topic } = catalogue;
const own = { catalogue, replicationFactor: 1 };

/** Hands over 500 at a time: a busy machine answers no more in time. */
async function move(purses: Purses, commands: number): Promise<void> {
  for (let begun = 0; begun < commands; begun += 500) {
    const some = Array.from({ length: Math.min(500, commands - begun) }, (_, index) => begun + index);
    await Promise.all(
      some.map((index) =>
        purses.handle(index % 3 === 2 ? withdraw : deposit, command(`purse-${index % 40}`, { tokens: 1n })),
      ),
    );
  }
}

const recordsOf = (log: InMemoryLog) => Array.from({ length: lanes }, (_, lane) => [...log.records(topic, lane)]);

describe('republishing a service', () => {
  it('fills a lost topic with the same records, and the service goes on', async () => {
    const { name, pool } = await server.migratedDatabase();
    const log = new InMemoryLog();
    const { purses, store } = await server.openPurses(name, log);
    await move(purses, 5000);
    await store.close();
    const before = recordsOf(log);
    log.drop(topic);
    const republished = await republishService({ pool, log, ...own });
    expect(republished).toMatchObject({ created: true, events: before.flat().length });
    expect(recordsOf(log)).toEqual(before);
    const again = await server.openPurses(name, log);
    await move(again.purses, 60);
    const verified = await verifyTopic({ log, catalogue });
    expect(verified.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined]);
    const compared = await compareWithDatabase(pool, 'purse', verified);
    expect(compared.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined]);
  });

  it('works under a service that takes commands on and tries to publish them: nothing gets into the topic before its time', async () => {
    const { name, pool } = await server.migratedDatabase();
    const log = new InMemoryLog();
    const { purses, store } = await server.openPurses(name, log, { answerTimeoutMs: 2000, compareEveryMs: 50 });
    // In parts: nobody need be as quick as to store all of them within one time-out.
    for (let part = 0; part < 10; part++) await move(purses, 200);
    log.drop(topic);
    expect(await purses.handle(deposit, command('purse-0', { tokens: 1n }))).toMatchObject({ published: false });
    let republishing = true;
    const busy = (async () => {
      while (republishing) await move(purses, 30);
    })();
    await republishService({ pool, log, ...own });
    republishing = false;
    await busy;
    const { rows } = await pool.query<{ lane: number; sequence: string }>('select lane, sequence from lanes');
    await Promise.all(rows.map(({ lane, sequence }) => store.published(lane, Number(sequence))));
    const verified = await verifyTopic({ log, catalogue });
    expect(verified.map(({ fault }) => fault)).toEqual([undefined, undefined, undefined]);
    const compared = await compareWithDatabase(pool, 'purse', verified);
    expect(compared.map(({ unpublished, fault }) => [unpublished, fault])).toEqual(verified.map(() => [0, undefined]));
  });

  it('refuses a topic that has lost its beginning: appending puts nothing in front', async () => {
    const { name, pool } = await server.migratedDatabase();
    const log = new InMemoryLog();
    const { purses, store } = await server.openPurses(name, log);
    await move(purses, 200);
    await store.close();
    const records = recordsOf(log);
    log.drop(topic);
    await log.createTopic(topic, { partitions: lanes, replicationFactor: 1 });
    records.forEach((lane, index) => lane.slice(1).forEach((record) => log.smuggle(topic, index, record)));
    await expect(republishService({ pool, log, ...own })).rejects.toThrow('delete the topic, then republish');
  });

  it('refuses a topic that knows more than the database', async () => {
    const log = new InMemoryLog();
    const older = await server.migratedDatabase();
    const { purses, store } = await server.openPurses(older.name, log);
    await move(purses, 60);
    await store.close();
    const backup = await server.copyOf(older.name);
    const newer = await server.openPurses(older.name, log);
    await move(newer.purses, 60);
    await newer.store.close();
    await expect(republishService({ pool: backup.pool, log, ...own })).rejects.toThrow('run restore');
  });
});
