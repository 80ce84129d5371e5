import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deposit } from '../contract/purse.ts';
import { InMemoryLog } from '../in-memory/in-memory-log.ts';
import { checkMarks, resetMark } from './check-marks.ts';
import { catalogue, command, type Server, startServer } from './maintained-purses.fixture.ts';

let server: Server;
beforeAll(async () => (server = await startServer()));
afterAll(() => server.stop());

describe('marks of subscribers', () => {
  it('are held against the topic, and one that stands on another event is put back', async () => {
    const { name, pool } = await server.migratedDatabase();
    const log = new InMemoryLog();
    const { store, purses } = await server.openPurses(name, log);
    const [{ lane } = { lane: -1 }] = (await purses.handle(deposit, command('a', { tokens: 1n }))).events;
    await purses.handle(deposit, command('a', { tokens: 1n }));
    await store.close();
    const { topic } = catalogue;
    const hash = log.records(topic, lane)[0]!.headers['ce_hash']!;
    await pool.query(
      `insert into subscriber_marks (subscriber, topic, lane, sequence, hash, log_offset) values
         ('when-right', $1, $2, 1, decode($3, 'hex'), 1),
         ('when-forged', $1, $2, 2, decode($3, 'hex'), 2),
         ('when-ahead', $1, $2, 9, decode($3, 'hex'), 9)`,
      [topic, lane, hash],
    );
    const wrong = await checkMarks({ pool, log });
    expect(wrong).toEqual([
      expect.objectContaining({
        subscriber: 'when-ahead',
        kind: 'past-end',
        reason: 'the topic ends at 2: run republish',
      }),
      expect.objectContaining({ subscriber: 'when-forged', kind: 'other-event' }),
    ]);
    await resetMark(pool, wrong[1]!);
    expect((await checkMarks({ pool, log })).map(({ subscriber }) => subscriber)).toEqual(['when-ahead']);
    const { rows } = await pool.query(
      "select sequence, log_offset from subscriber_marks where subscriber = 'when-forged'",
    );
    expect(rows).toEqual([{ sequence: '0', log_offset: '0' }]);
  });
});
