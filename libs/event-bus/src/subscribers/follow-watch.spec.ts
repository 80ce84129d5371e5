import { beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, event, text } from '@tokengrid/contracts';
import { type ChainedEvent, InMemoryLog } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import { z } from 'zod';
import { chainedEvents } from '../chained-events.fixture.ts';
import { FollowWatch } from './follow-watch.ts';

const Noted = event('Noted', 'Somebody noted something.', z.strictObject({ note: text(40) }));
const notes = catalogue('notes', [Noted] as const);
const { topic } = notes;
const reader = { name: 'reader', catalogue: notes as never };

const history = chainedEvents(6, () => ({ service: 'notes', type: 'Noted' }));

interface Mark {
  readonly subscriber: string;
  readonly topic: string;
  readonly lane: number;
  readonly sequence: string;
  readonly hash: Buffer;
  readonly log_offset: string;
}

describe('the watch over a subscriber', () => {
  let log: InMemoryLog;
  let marks: Mark[];
  const pool = { query: () => Promise.resolve({ rows: marks }) } as unknown as Pool;

  beforeEach(async () => {
    log = new InMemoryLog();
    marks = [];
    await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
  });

  /** @param graceMs unlimited time, or none */
  const watch = (graceMs = 60_000) => {
    const watched = new FollowWatch(log, pool, graceMs, 60_000);
    return async () => (await watched.look([reader])).map(({ reason }) => reason);
  };
  const publish = (events: readonly ChainedEvent[]) => log.append(topic, 0, events);
  function applied(count: number): void {
    const { hash } = history[count - 1]!.event;
    const mark = { subscriber: reader.name, topic, lane: 0, sequence: String(count), hash: Buffer.from(hash, 'hex') };
    marks = [{ ...mark, log_offset: String(count) }];
  }
  async function made(count: number): Promise<void> {
    log.drop(topic);
    await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
    await publish(history.slice(0, count));
  }

  it('says nothing where all is applied, and nothing of what was published a moment ago', async () => {
    await publish(history.slice(0, 3));
    applied(3);
    const look = watch();
    expect(await look()).toEqual([]);
    await publish(history.slice(3));
    expect(await look()).toEqual([]);
    expect(await look()).toEqual([]);
  });

  it('names what should have been applied for a while, until it is', async () => {
    await publish(history.slice(0, 3));
    applied(3);
    const look = watch(0);
    await look();
    await publish(history.slice(3));
    await look();
    expect(await look()).toEqual(['reader, lane 0: events up to 6 were published, but only those up to 3 are applied']);
    applied(6);
    expect(await look()).toEqual([]);
  });

  it("reads a lane's end once for all who are behind in it", async () => {
    await publish(history.slice(0, 3));
    applied(1);
    marks.push({ ...marks[0]!, subscriber: 'another' });
    let reads = 0;
    const read = log.read.bind(log);
    log.read = (...asked) => {
      reads += 1;
      return read(...asked);
    };
    const watched = new FollowWatch(log, pool, 0, 60_000);
    const behind = await watched.look([reader, { ...reader, name: 'another' }]);
    expect([behind.map(({ reason }) => reason.split(',')[0]), reads]).toEqual([['reader', 'another'], 1]);
  });

  it('says that one goes on that moves, and that one stands still that does not', async () => {
    await publish(history.slice(0, 2));
    applied(2);
    const stillMs = 100;
    const watched = new FollowWatch(log, pool, 0, stillMs);
    const look = async () => (await watched.look([reader])).map(({ goesOn }) => goesOn);
    await look();
    await publish(history.slice(2));
    await look();
    // A long way, one step after another.
    for (const count of [3, 4, 5]) {
      const moved = performance.now();
      applied(count);
      expect(await look()).toEqual([true]);
      while (performance.now() < moved + 0.6 * stillMs) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const stands = performance.now();
    while ((await look())[0]) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await look()).toEqual([false]);
    expect(performance.now() - stands).toBeLessThan(2000);
    applied(6);
    expect(await look()).toEqual([]);
  });

  it('asks a start to come to the end that it found, however short the lag', async () => {
    await publish(history);
    applied(5);
    const look = watch();
    expect(await look()).toEqual(['reader, lane 0: events up to 6 were published, but only those up to 5 are applied']);
    applied(6);
    expect(await look()).toEqual([]);
  });

  it.each([0, 1, 4])('names a topic made anew with %i of its events, and is well after republish', async (left) => {
    await publish(history);
    applied(6);
    const look = watch();
    expect(await look()).toEqual([]);
    await made(left);
    expect(await look()).toEqual([
      `reader, lane 0: the topic ends at ${left}, but events up to 6 were applied: run republish`,
    ]);
    await publish(history.slice(left));
    expect(await look()).toEqual([]);
  });

  it('names a topic that is gone, and is well after republish', async () => {
    await publish(history);
    applied(6);
    const look = watch();
    log.drop(topic);
    expect(await look()).toEqual(['reader: the topic tokengrid.notes is gone: run republish']);
    await made(6);
    expect(await look()).toEqual([]);
  });

  it('passes over a topic that nobody has made yet', async () => {
    log.drop(topic);
    expect(await watch()()).toEqual([]);
  });

  it('names events that were cut off before they were applied', async () => {
    await publish(history);
    log.cut(topic, 0, 6);
    const look = watch();
    const reason = (offset: number) =>
      `reader, lane 0: the topic begins at offset 6, but the records from ${offset} on are not applied yet: delete the topic, then republish`;
    expect(await look()).toEqual([reason(0)]);
    applied(4);
    expect(await look()).toEqual([reason(4)]);
    applied(6);
    expect(await look()).toEqual([]);
  });

  it('names a mark that vanished, also while it is begun anew', async () => {
    await publish(history);
    applied(6);
    const look = watch();
    expect(await look()).toEqual([]);
    marks = [];
    expect(await look()).toEqual(['reader, lane 0: its mark is gone from the database (emptied?)']);
    expect(await look()).toEqual(['reader, lane 0: its mark is gone from the database (emptied?)']);
    applied(2);
    expect(await look()).toEqual(['reader, lane 0: events up to 6 were published, but only those up to 2 are applied']);
    applied(6);
    expect(await look()).toEqual([]);
  });
});
