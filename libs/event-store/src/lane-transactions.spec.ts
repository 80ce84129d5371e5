import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { laneOf } from '@tokengrid/kernel';
import { eventsBetweenStoredStates } from './batch-work.ts';
import { startInMemoryPurses } from './in-memory/in-memory-purses.fixture.ts';
import { deposit, type Moved, purse, type PurseEvent } from './contract/purse.ts';
import { InMemoryStorage } from './in-memory/in-memory-storage.ts';
import type { LanedEventStore } from './laned-event-store.ts';
import type { LaneBatch, LaneCommands, LaneTransaction } from './storage.ts';

const lanes = 3;
const maxBatchCommands = 20;

/** Storage that records each transaction's lanes, and refuses to write in a spoilt lane. */
class WatchedStorage extends InMemoryStorage {
  readonly begun: (readonly LaneCommands[])[] = [];
  readonly written: LaneBatch[] = [];
  spoiltLane: number | undefined;

  override async begin(asked: readonly LaneCommands[]): Promise<LaneTransaction> {
    this.begun.push(asked);
    const transaction = await super.begin(asked);
    return {
      ...transaction,
      commit: async (batches, tellRelays) => {
        if (batches.some(({ lane }) => lane === this.spoiltLane)) {
          await transaction.rollback();
          throw new Error('a projection of this lane fails');
        }
        await transaction.commit(batches, tellRelays);
        this.written.push(...batches);
      },
    };
  }
}

/** One stream in each lane. */
const streams = Array.from({ length: lanes }, (_, lane) => {
  let number = 0;
  while (laneOf(`purse-${number}`, lanes) !== lane) number += 1;
  return `purse-${number}`;
});

describe('the transactions of lanes', () => {
  let storage: WatchedStorage;
  let store: LanedEventStore<PurseEvent, Moved>;

  beforeEach(async () => {
    storage = new WatchedStorage(lanes);
    store = await startInMemoryPurses({ storage, limits: { maxBatchCommands, retryDelayMs: 1 } });
  });

  afterEach(() => store.close());

  const put = (streamId: string) =>
    store
      .streams(purse)
      .handle(deposit, { id: randomUUID(), streamId, correlationId: 'test', actor: 'spec', data: { tokens: 1n } });
  const sizes = () => storage.begun.map((asked) => asked.map(({ lane, commandIds }) => [lane, commandIds.length]));

  it('take what came for all lanes together', async () => {
    await Promise.all([...streams, ...streams].map(put));
    expect(sizes()).toEqual([
      [
        [0, 2],
        [1, 2],
        [2, 2],
      ],
    ]);
  });

  it('take no more commands at once than the bound, of whichever lanes, and leave none behind', async () => {
    const [first, second] = [streams[0]!, streams[1]!];
    await Promise.all([...Array<string>(15).fill(first), ...Array<string>(15).fill(second)].map(put));
    const inEach = sizes().map((parts) => parts.reduce((sum, [, count]) => sum + count!, 0));
    expect(Math.max(...inEach)).toBe(maxBatchCommands);
    expect(inEach.reduce((sum, count) => sum + count)).toBe(30);
  });

  it('are tried lane by lane when one fails, so that one lane in trouble keeps no other waiting', async () => {
    storage.spoiltLane = 1;
    const inTrouble = put(streams[1]!);
    await Promise.all([put(streams[0]!), put(streams[2]!)]);
    await Promise.all([put(streams[0]!), put(streams[2]!)]);
    expect(storage.written.map(({ lane }) => lane).toSorted()).toEqual([0, 0, 2, 2]);
    storage.spoiltLane = undefined;
    expect((await inTrouble).events).toMatchObject([{ type: 'Deposited', lane: 1, sequence: 1 }]);
  });

  it('store a stream’s state once it has come far enough, and fold it from there', async () => {
    const [streamId] = streams as [string];
    const storedAt = () => storage.written.flatMap((batch) => batch.streams.map(({ revision }) => revision));
    for (let count = 1; count < eventsBetweenStoredStates; count++) await put(streamId);
    expect(storedAt()).toEqual([]);
    for (let count = 0; count < eventsBetweenStoredStates + 3; count++) await put(streamId);
    expect(storedAt()).toEqual([eventsBetweenStoredStates, 2 * eventsBetweenStoredStates]);
    expect(await store.streams(purse).load(streamId)).toEqual({ tokens: BigInt(2 * eventsBetweenStoredStates + 2) });
  });
});
