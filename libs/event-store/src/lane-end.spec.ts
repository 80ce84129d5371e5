import { randomUUID } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { eventOfMessage, hashOf, headersOf } from '@tokengrid/contracts';
import { deposit, purse, purseCatalogue } from './contract/purse.ts';
import type { LogRecord } from './event-log.ts';
import { defaultLimits } from './event-store-limits.ts';
import { InMemoryLog } from './in-memory/in-memory-log.ts';
import { startInMemoryPurses } from './in-memory/in-memory-purses.fixture.ts';
import { InMemoryStorage } from './in-memory/in-memory-storage.ts';
import { endOfLane } from './lane-end.ts';

const { topic } = purseCatalogue;
const limits = { ...defaultLimits, answerTimeoutMs: 1000, closeTimeoutMs: 50, retryDelayMs: 5 };

async function oneLane() {
  const log = new InMemoryLog();
  await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
  return { log, storage: new InMemoryStorage(1) };
}

const storeOn = (log: InMemoryLog, storage: InMemoryStorage) => startInMemoryPurses({ log, storage, limits });

const oneToken = () => ({
  id: randomUUID(),
  streamId: 'a',
  correlationId: 'test',
  actor: 'spec',
  data: { tokens: 1n },
});

describe('the end of a lane', () => {
  it("is not moved by messages that are no events of the lane's", async () => {
    const { log, storage } = await oneLane();
    const store = await storeOn(log, storage);
    await store.streams(purse).handle(deposit, oneToken());
    await store.close();
    const [true1] = log.records(topic, 0);
    const { event, previousHash } = eventOfMessage(true1!);
    const rehashed = (forged: typeof event) => ({ ...forged, hash: hashOf(forged, previousHash) });
    const forgeries = [
      // Its claimed identity does not match its hash.
      { ...event, sequence: 1_000_000 },
      rehashed({ ...event, sequence: 1_000_000, service: 'wallet' }),
      rehashed({ ...event, sequence: 1_000_000, lane: 7 }),
    ];
    for (const forged of forgeries) {
      log.smuggle(topic, 0, {
        key: 'a',
        headers: Object.fromEntries(headersOf(forged, previousHash)),
        value: forged.value,
      });
    }
    expect(await endOfLane(log, topic, 0)).toEqual({ sequence: 1, hash: event.hash, offset: 1 });
    const after = await storeOn(log, storage);
    expect(after.problems()).toEqual([]);
    await after.close();
  });
});

describe('the end of a lane behind a mark', () => {
  async function fiveEvents() {
    const { log, storage } = await oneLane();
    const store = await storeOn(log, storage);
    for (let count = 0; count < 5; count++) await store.streams(purse).handle(deposit, oneToken());
    await store.close();
    const events = log.records(topic, 0).map((record) => eventOfMessage(record));
    const markAt = (sequence: number, offset = sequence) => ({
      sequence,
      offset,
      hash: events[sequence - 1]!.event.hash,
    });
    return { log, storage, events, markAt, read: jest.spyOn(log, 'read') };
  }

  it('is found without reading what stands before the mark', async () => {
    const { log, markAt, read } = await fiveEvents();
    expect(await endOfLane(log, topic, 0, markAt(3))).toEqual(markAt(5));
    expect(read.mock.calls.map(([, , from]) => from)).toEqual([2]);
  });

  it('is the highest sequence, though a relay that lost its lease repeated earlier ones behind it', async () => {
    const { log, events, markAt } = await fiveEvents();
    await log.append(topic, 0, events.slice(1, 3));
    expect(await endOfLane(log, topic, 0, markAt(4))).toEqual(markAt(5));
  });

  it.each([
    ['stands elsewhere, in a topic that was made anew', 3, 2],
    ['lies behind the end of a shorter topic', 3, 9],
    ['says no offset', 3, 0],
  ])('is looked for from the start if the mark %s', async (_, sequence, offset) => {
    const { log, markAt } = await fiveEvents();
    expect(await endOfLane(log, topic, 0, markAt(sequence, offset))).toEqual(markAt(5));
  });

  it.each([
    ['that are no events', (first: LogRecord) => ({ ...first, headers: {} })],
    ['that repeat an old event', (first: LogRecord) => first],
  ])('is found behind any number of foreign records %s, and the lane goes on', async (_, foreign) => {
    const { log, storage, markAt } = await fiveEvents();
    const [first] = log.records(topic, 0);
    for (let count = 0; count < 20_000; count++) log.smuggle(topic, 0, foreign(first!));
    expect(await endOfLane(log, topic, 0, markAt(5))).toEqual(markAt(5));
    const store = await storeOn(log, storage);
    expect(await store.streams(purse).handle(deposit, oneToken())).toMatchObject({ published: true });
    expect(store.problems()).toEqual([]);
    await store.close();
  });

  it('is found without a mark behind any number of records that are no events', async () => {
    const { log, markAt } = await fiveEvents();
    for (let count = 0; count < 20_000; count++) log.smuggle(topic, 0, { key: 'a', headers: {}, value: null });
    expect(await endOfLane(log, topic, 0)).toEqual(markAt(5));
  });

  it('is marked with its offset by whoever publishes', async () => {
    const { storage, markAt } = await fiveEvents();
    expect(await storage.publishedMark(0)).toEqual(markAt(5));
  });
});
