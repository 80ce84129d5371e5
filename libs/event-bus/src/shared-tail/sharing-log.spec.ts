import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog, LogUnavailable, type LogRecord } from '@tokengrid/event-store';
import fc from 'fast-check';
import { chainedEvents } from '../chained-events.fixture.ts';
import { FollowedLog } from '../tailing-log.fixture.ts';
import { PartitionOutOfRange, type Tail } from '../tailing-log.ts';
import { SharingLog } from './sharing-log.ts';

const topic = 'tokengrid.wallet';
const limits = { maxBytes: 1024 * 1024, patienceMs: 60_000, fetchWaitMs: 60_000, restMsPerRecord: 0, maxRestMs: 0 };
/** Longer than a test may take: only news, or an abort, ends a wait in time. */
const untilNews = { maxBytes: 1024 * 1024, maxWaitMs: 60_000 };
const atOnce = { maxBytes: 1024 * 1024, maxWaitMs: 0 };

/** A follower of some lanes, like a subscriber. */
class Follower {
  readonly seen = new Map<number, number[]>();
  readonly positions: Map<number, number>;

  constructor(
    readonly tail: Tail,
    lanes: readonly number[] = [0],
    from = 0,
  ) {
    this.positions = new Map(lanes.map((lane) => [lane, from]));
  }

  async read(
    options: typeof atOnce & { signal?: AbortSignal } = untilNews,
  ): Promise<ReadonlyMap<number, readonly LogRecord[]>> {
    const found = await this.tail.next(new Map(this.positions), options);
    for (const [lane, records] of found) {
      expect(records[0]!.offset).toBe(this.positions.get(lane));
      this.seen.set(lane, [...(this.seen.get(lane) ?? []), ...records.map(({ offset }) => offset)]);
      this.positions.set(lane, records.at(-1)!.offset + 1);
    }
    return found;
  }

  async readTo(lane: number, end: number): Promise<void> {
    while (this.positions.get(lane)! < end) await this.read();
  }
}

describe('followers of one topic', () => {
  let log: FollowedLog;
  let tails: Tail[];

  beforeEach(async () => {
    log = new FollowedLog();
    tails = [];
    await log.createTopic(topic, { partitions: 3, replicationFactor: 1 });
  });
  afterEach(() => tails.forEach((tail) => tail.close()));

  const sharing = (maxBytes = limits.maxBytes, patienceMs = limits.patienceMs) =>
    new SharingLog(log, { ...limits, maxBytes, patienceMs });
  const follower = (shared: SharingLog, lanes?: readonly number[], from?: number) => {
    const tail = shared.tail(topic);
    tails.push(tail);
    return new Follower(tail, lanes, from);
  };
  const append = (lane: number, events: number) => log.append(topic, lane, chainedEvents(events));
  const upTo = (end: number) => Array.from({ length: end }, (_, offset) => offset);

  it('are given what is there at once where they go back, though others wait for what comes', async () => {
    const shared = sharing();
    const [one, two] = [follower(shared), follower(shared)];
    await append(0, 3);
    await Promise.all([one.readTo(0, 3), two.readTo(0, 3)]);
    const waiting = one.read();
    // Both wait, until one of them has to read the log from its start.
    const ending = new AbortController();
    const alsoWaiting = two.read({ ...untilNews, signal: ending.signal });
    await new Promise((resolve) => setTimeout(resolve, 5));
    ending.abort();
    await alsoWaiting;
    two.positions.set(0, 0);
    await two.readTo(0, 3);
    expect(two.seen.get(0)).toEqual([...upTo(3), ...upTo(3)]);
    await append(0, 1);
    await waiting;
    await one.readTo(0, 4);
    expect(one.seen.get(0)).toEqual(upTo(4));
  });

  it('are given all records, each fetched once, and the very same ones', async () => {
    const shared = sharing();
    const [one, two] = [follower(shared), follower(shared)];
    const reading = [one.read(), two.read()];
    await append(0, 3);
    const [first, second] = await Promise.all(reading);
    await append(0, 2);
    await Promise.all([one.read(), two.read()]);
    expect([one.seen.get(0), two.seen.get(0)]).toEqual([upTo(5), upTo(5)]);
    expect(second!.get(0)![0]).toBe(first!.get(0)![0]);
    expect(log.fetched).toBe(5);
  });

  it('are given more at a time under load: a fetch that brought many is followed by a rest', async () => {
    const resting = (restMsPerRecord: number, maxRestMs: number) =>
      follower(new SharingLog(log, { ...limits, restMsPerRecord, maxRestMs }));
    const [patient, bounded] = [resting(60_000, 60_000), resting(60_000, 20)];
    await append(0, 2);
    await Promise.all([patient.readTo(0, 2), bounded.readTo(0, 2)]);
    const before = log.fetched;
    const waiting = patient.read();
    for (let events = 0; events < 3; events++) await append(0, 1);
    const began = performance.now();
    // It rests no longer than the longest rest, and is given all that came meanwhile.
    await bounded.read();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect([bounded.seen.get(0), patient.seen.get(0)]).toEqual([upTo(5), upTo(2)]);
    expect(log.fetched).toBe(before + 3);
    // Closing ends a rest.
    patient.tail.close();
    expect((await waiting).size).toBe(0);
  });

  it('are given all that is there without a rest, once a fetch is half full', async () => {
    const follows = follower(new SharingLog(log, { ...limits, restMsPerRecord: 60_000, maxRestMs: 60_000 }));
    const small = { ...untilNews, maxBytes: 4096 };
    for (let events = 0; events < 3; events++) {
      await append(0, 3);
      await follows.read(small);
    }
    expect(follows.seen.get(0)).toEqual(upTo(9));
  });

  it('do not wait for one that does not come back', async () => {
    const shared = sharing();
    const [quick, stopped] = [follower(shared), follower(shared)];
    await append(0, 1);
    await Promise.all([quick.read(), stopped.read()]);
    for (let events = 0; events < 20; events++) {
      await append(0, 1);
      await quick.read();
    }
    expect(quick.seen.get(0)).toEqual(upTo(21));
  });

  it('find what they missed, held or not', async () => {
    // Room for a few of the records.
    const shared = sharing(5000);
    const [quick, slow, slowest] = [follower(shared), follower(shared), follower(shared)];
    await Promise.all([quick, slow, slowest].map((each) => each.read(atOnce)));
    for (let events = 0; events < 20; events++) {
      await append(0, 1);
      await quick.read();
      if (events === 17) await slow.readTo(0, 18);
    }
    const before = log.fetched;
    await slow.readTo(0, 20);
    expect(log.fetched).toBe(before);
    await slowest.readTo(0, 20);
    expect(log.fetched).toBeGreaterThan(before);
    expect([quick, slow, slowest].map(({ seen }) => seen.get(0))).toEqual([upTo(20), upTo(20), upTo(20)]);
    // All followers are together again.
    const together = log.fetched;
    const reading = [quick, slow, slowest].map((each) => each.read());
    await append(0, 1);
    await Promise.all(reading);
    expect(log.fetched).toBe(together + 1);
  });

  it('do not take along one that is ahead of them, until they have come as far', async () => {
    await append(0, 10);
    const shared = sharing();
    const [behind, ahead] = [follower(shared), follower(shared, [0], 10)];
    const reading = ahead.read();
    await behind.readTo(0, 10);
    const news = behind.read();
    await append(0, 1);
    await Promise.all([reading, news]);
    expect([behind.seen.get(0), ahead.seen.get(0)]).toEqual([upTo(11), [10]]);
  });

  it('see what stands in the log when they go back, not what is remembered of it', async () => {
    const shared = sharing();
    const rereader = follower(shared);
    await append(0, 2);
    const first = await rereader.read();
    rereader.positions.set(0, 0);
    const again = await rereader.read();
    expect(again.get(0)).toEqual(first.get(0));
    expect(again.get(0)![0]).not.toBe(first.get(0)![0]);
  });

  it('are not moved by one that fell silent far behind', async () => {
    const shared = sharing(limits.maxBytes, 0);
    const silent = follower(shared);
    await append(0, 5);
    await silent.read();
    const late = follower(shared, [0], 5);
    const reading = late.read();
    await append(0, 1);
    await reading;
    expect(late.seen.get(0)).toEqual([5]);
  });

  it('wait for lanes of their own: news of one does not hold up or wake the others in vain', async () => {
    const shared = sharing();
    const [one, two] = [follower(shared, [0, 1]), follower(shared, [1, 2])];
    const reading = [one.read(), two.read()];
    await append(0, 1);
    await reading[0];
    await append(2, 1);
    await reading[1];
    expect([[...one.seen], [...two.seen]]).toEqual([[[0, [0]]], [[2, [0]]]]);
  });

  it('are fetched for together, also for the lane that one has just received', async () => {
    const reads = follower(sharing(), [0, 1, 2]);
    const reading = reads.read();
    await append(0, 1);
    await reading;
    while (log.asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(log.asked).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    const again = reads.read();
    await append(0, 1);
    await again;
    expect([reads.seen.get(0), log.fetched]).toEqual([upTo(2), 2]);
  });

  it('end their wait alone when they are told to', async () => {
    const shared = sharing();
    const [one, two] = [follower(shared), follower(shared)];
    const stop = new AbortController();
    const stopped = one.read({ ...untilNews, signal: stop.signal });
    const reading = two.read();
    stop.abort();
    expect((await stopped).size).toBe(0);
    await append(0, 1);
    expect((await reading).size).toBe(1);
  });

  it('hear of a partition without the offset if it is the one they wait for', async () => {
    class Shrunk extends FollowedLog {
      override tail(name: string): Tail {
        const tail = super.tail(name);
        return {
          ...tail,
          next: (positions, options) =>
            positions.get(0) === 7
              ? Promise.reject(new PartitionOutOfRange(name, 0, 7))
              : tail.next(positions, options),
        };
      }
    }
    log = new Shrunk();
    await log.createTopic(topic, { partitions: 3, replicationFactor: 1 });
    const shared = sharing();
    const [lost, other] = [follower(shared, [0], 7), follower(shared, [1])];
    const reading = [lost.read(), other.read()];
    await expect(reading[0]).rejects.toThrow(PartitionOutOfRange);
    await append(1, 1);
    expect((await reading[1]!).size).toBe(1);
    lost.positions.set(0, 0);
    await append(0, 1);
    await lost.read();
    expect(lost.seen.get(0)).toEqual([0]);
  });

  it('all hear of an outage, and go on after it', async () => {
    const shared = sharing();
    const both = [follower(shared), follower(shared)];
    log.away = true;
    for (const each of both) await expect(each.read()).rejects.toThrow(LogUnavailable);
    log.away = false;
    await append(0, 1);
    await Promise.all(both.map((each) => each.read()));
    expect(both.map(({ seen }) => seen.get(0))).toEqual([[0], [0]]);
  });

  it('leave no tail behind', () => {
    const shared = sharing();
    const all = [shared.tail(topic), shared.tail(topic)];
    all.forEach((tail) => tail.close());
    expect(log.openTails).toBe(0);
  });

  it('each see every record in order, whatever their pace, however often they go back', async () => {
    const step = fc.record({
      who: fc.nat(3),
      what: fc.constantFrom('read', 'read', 'read', 'append', 'append', 'back', 'leave'),
      lane: fc.nat(2),
      count: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom(2000, 20_000, 1_000_000),
        async (steps, room) => {
          log = new FollowedLog();
          await log.createTopic(topic, { partitions: 3, replicationFactor: 1 });
          const shared = sharing(room);
          const followers = [0, 1, 2, 3].map(() => follower(shared, [0, 1, 2]));
          for (const { who, what, lane, count } of steps) {
            const one = followers[who]!;
            if (what === 'append') await append(lane, count);
            else if (what === 'read') await one.read(atOnce);
            else if (what === 'back') one.positions.set(lane, Math.max(0, one.positions.get(lane)! - count));
            else {
              one.tail.close();
              followers[who] = follower(shared, [0, 1, 2], 0);
            }
          }
          const ends = await Promise.all([0, 1, 2].map(async (lane) => (await log.offsetsOf(topic, lane)).next));
          // Each record's position is checked when read; it remains to be shown that each follower
          // reaches the end.
          for (const one of followers) for (const [lane, end] of ends.entries()) await one.readTo(lane, end);
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });
});

it('a log that shares is otherwise the log behind it', async () => {
  const behind = new FollowedLog();
  const shared = new SharingLog(behind);
  await shared.createTopic(topic, { partitions: 2, replicationFactor: 1 });
  expect(await shared.append(topic, 1, chainedEvents(2))).toBe(2);
  expect(await shared.partitionsOf(topic)).toBe(2);
  expect(await shared.offsetsOf(topic, 1)).toEqual({ first: 0, next: 2 });
  expect(await shared.read(topic, 1, 1, atOnce)).toEqual(behind.records(topic, 1).slice(1));
  expect(behind).toBeInstanceOf(InMemoryLog);
  await shared.close();
});
