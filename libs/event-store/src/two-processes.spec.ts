import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventsBetweenStoredStates } from './batch-work.ts';
import { deposit, type Moved, purse, type PurseEvent } from './contract/purse.ts';
import { InMemoryLog } from './in-memory/in-memory-log.ts';
import { startInMemoryPurses } from './in-memory/in-memory-purses.fixture.ts';
import { InMemoryLeases, InMemoryStorage } from './in-memory/in-memory-storage.ts';
import type { LanedEventStore } from './laned-event-store.ts';
import { type LaneCommands, type LaneTransaction, type LockedLane, UnwritableBatch } from './storage.ts';

/**
 * Storage that records loaded streams and commands per transaction, and has invalid events and
 * commands.
 */
class WatchedStorage extends InMemoryStorage {
  readonly loaded: string[] = [];
  readonly written: number[] = [];
  unreadable: string | undefined;
  unwritable: string | undefined;
  begins: () => void = () => undefined;

  override async begin(asked: readonly LaneCommands[]): Promise<LaneTransaction> {
    this.begins();
    const transaction = await super.begin(asked);
    return {
      ...transaction,
      lanes: transaction.lanes.map((lane) => this.watched(lane)),
      commit: async (batches, tellRelays) => {
        if (batches.some(({ commands }) => commands.some(({ commandId }) => commandId === this.unwritable))) {
          await transaction.rollback();
          throw new UnwritableBatch('a command of it is no good');
        }
        this.written.push(batches.reduce((sum, { commands }) => sum + commands.length, 0));
        await transaction.commit(batches, tellRelays);
      },
    };
  }

  private watched(lane: LockedLane): LockedLane {
    return {
      ...lane,
      eventsSince: async (head, most) => {
        const events = await lane.eventsSince(head, most);
        return events?.map((event) => (event.streamId === this.unreadable ? { ...event, type: 'Unheard' } : event));
      },
      statesOf: (streams) => {
        this.loaded.push(...streams.map(({ streamId }) => streamId));
        return lane.statesOf(streams);
      },
    };
  }
}

describe('two processes on the same lane', () => {
  let storage: WatchedStorage;
  let stores: LanedEventStore<PurseEvent, Moved>[];

  beforeEach(async () => {
    storage = new WatchedStorage(1);
    const shared = { storage, log: new InMemoryLog(), leases: new InMemoryLeases() };
    stores = [await startInMemoryPurses(shared), await startInMemoryPurses(shared)];
  });

  afterEach(() => Promise.all(stores.map((store) => store.close())));

  const put = (process: number, streamId: string, id: string = randomUUID()) =>
    stores[process]!.streams(purse).handle(deposit, {
      id,
      streamId,
      correlationId: 'test',
      actor: 'spec',
      data: { tokens: 1n },
    });
  const tokensOf = (process: number, streamId: string) => stores[process]!.streams(purse).load(streamId);

  it('fold what the other stored onto what they remember, instead of loading it again', async () => {
    const turns = 2 * eventsBetweenStoredStates + 1;
    for (let turn = 0; turn < turns; turn++) {
      for (const process of [0, 1]) {
        const { events } = await put(process, 'a');
        expect(events).toMatchObject([{ type: 'Deposited', revision: 2 * turn + process + 1 }]);
      }
    }
    expect(storage.loaded.filter((streamId) => streamId === 'a')).toHaveLength(2);
    expect(await tokensOf(0, 'a')).toEqual({ tokens: BigInt(2 * turns) });
  });

  it('do not fail for an event of the other that they cannot read, unless it is of a stream that they need', async () => {
    for (const process of [0, 1]) for (const streamId of ['a', 'b']) await put(process, streamId);
    await put(1, 'a');
    storage.unreadable = 'a';
    storage.loaded.length = 0;
    await put(0, 'b');
    expect(storage.loaded).not.toContain('b');
    await put(0, 'a');
    expect(storage.loaded).toContain('a');
    expect(await tokensOf(0, 'a')).toEqual({ tokens: 4n });
  });

  it('take along what came while the other had the lane, and what is a repeat of it', async () => {
    await put(0, 'a');
    const held = await storage.begin([{ lane: 0, commandIds: [] }]);
    storage.written.length = 0;
    const [repeated, other] = [randomUUID(), put(1, 'a')];
    await turnOfTheLoop();
    const first = put(0, 'a', repeated);
    await turnOfTheLoop();
    const later = [put(0, 'b'), put(0, 'a', repeated), put(0, 'a')];
    await held.rollback();
    const outcomes = await Promise.all([other, first, ...later]);
    expect(outcomes.map((outcome) => outcome.repeated)).toEqual([false, false, false, true, false]);
    // One by the other process, then all of ours in a single transaction.
    expect(storage.written).toEqual([1, 3]);
    expect(await tokensOf(1, 'a')).toEqual({ tokens: 4n });
  });

  it('find a command that cannot be written though others keep coming', async () => {
    await put(0, 'a');
    await put(1, 'a');
    const id = randomUUID();
    storage.unwritable = id;
    const others: Promise<unknown>[] = [];
    let begun = 0;
    storage.begins = () => {
      begun += 1;
      if (others.length < 200) others.push(put(0, 'b'));
    };
    await expect(put(0, 'a', id)).rejects.toThrow('no good');
    expect(begun).toBeLessThan(10);
    storage.begins = () => undefined;
    await Promise.all(others);
    expect(await tokensOf(0, 'b')).toEqual({ tokens: BigInt(others.length) });
  });

  it('know a repeat that the other has stored while they waited for the lane', async () => {
    await put(0, 'a');
    const held = await storage.begin([{ lane: 0, commandIds: [] }]);
    const id = randomUUID();
    const other = put(1, 'a', id);
    await turnOfTheLoop();
    const first = put(0, 'b');
    await turnOfTheLoop();
    const again = put(0, 'a', id);
    await held.rollback();
    const outcomes = await Promise.all([other, first, again]);
    expect(outcomes.map((outcome) => outcome.repeated)).toEqual([false, false, true]);
    expect(await tokensOf(0, 'a')).toEqual({ tokens: 2n });
  });
});

/** Lets a sent request get under way. */
const turnOfTheLoop = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};
