import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '../command.ts';
import { claimsContract } from '../contract/claims.contract.ts';
import { contractLanes, eventStoreContract, type StoreUnderTest } from '../contract/event-store.contract.ts';
import { invalidContract } from '../contract/invalid.contract.ts';
import { lookUpContract } from '../contract/look-up.contract.ts';
import { processesContract } from '../contract/processes.contract.ts';
import { unreadableContract } from '../contract/unreadable.contract.ts';
import { deposit, type Moved, notesLookUp, purse, purseCatalogue, type PurseEvent } from '../contract/purse.ts';
import type { EventStoreLimits } from '../event-store-limits.ts';
import type { SetBy } from '../look-up.ts';
import type { LanedEventStore } from '../laned-event-store.ts';
import { UnwritableBatch } from '../storage.ts';
import { InMemoryLog } from './in-memory-log.ts';
import { startInMemoryPurses } from './in-memory-purses.fixture.ts';
import { InMemoryLeases, InMemoryStorage } from './in-memory-storage.ts';

const open = async (limits?: Partial<EventStoreLimits>): Promise<StoreUnderTest> => {
  const log = new InMemoryLog();
  await log.createTopic(purseCatalogue.topic, { partitions: contractLanes, replicationFactor: 1 });
  let skewMs = 0;
  const storage = new InMemoryStorage(contractLanes, () => Date.now() + skewMs, notesLookUp.setBy as SetBy);
  const table = new InMemoryLeases();
  const stores: LanedEventStore<PurseEvent, Moved>[] = [];
  const start = async (more = limits, own: () => number = Date.now) => {
    const store = await startInMemoryPurses({ ...{ storage, log, leases: table, limits: more, ownClock: own } });
    stores.push(store);
    return store;
  };
  return {
    store: await start(),
    storage,
    log,
    another: start,
    step: (milliseconds) => (skewMs += milliseconds),
    close: async () => void (await Promise.all(stores.map((store) => store.close()))),
  };
};

eventStoreContract('in memory', open);
unreadableContract('in memory', open);
claimsContract('in memory', open);
invalidContract('in memory', open);
lookUpContract('in memory', open);
processesContract('in memory', open);

describe('a lane', () => {
  it('takes a command that comes the moment the one before was answered', async () => {
    class InstantLog extends InMemoryLog {
      override append(): Promise<number> {
        return Promise.resolve(0);
      }
    }
    const store = await startInMemoryPurses({
      ...{ storage: new InMemoryStorage(1), log: new InstantLog(), limits: { answerTimeoutMs: 1000 } },
    });
    const purses = store.streams(purse);
    for (let count = 0; count < 50; count++) {
      await purses.handle(deposit, {
        id: randomUUID(),
        streamId: 'a',
        correlationId: 'test',
        actor: 'spec',
        data: { tokens: 1n },
      });
    }
    expect(await purses.load('a')).toEqual({ tokens: 50n });
    await store.close();
  });

  /** One lane, with a storage that can be broken. */
  async function oneLane(limits: Partial<EventStoreLimits> = {}) {
    const log = new InMemoryLog();
    const storage = new InMemoryStorage(1);
    const store = await startInMemoryPurses({ storage, log, limits: { retryDelayMs: 1, ...limits } });
    const purses = store.streams(purse);
    const put = () =>
      purses.handle(deposit, {
        id: randomUUID(),
        streamId: 'a',
        correlationId: 'test',
        actor: 'spec',
        data: { tokens: 5n },
      });
    return { log, storage, store, purses, put };
  }

  it('says that the store is away, not that a command is bad, if it goes away before that is known', async () => {
    const { storage, store, put } = await oneLane();
    storage.breakAt = (at) => {
      if (at === 'before-commit') throw new UnwritableBatch('refused');
    };
    await expect(put()).rejects.toBeInstanceOf(UnwritableBatch);
    storage.commandsOf = () => Promise.reject(new Error('the connection broke'));
    await expect(put()).rejects.toBeInstanceOf(StoreUnavailable);
    await store.close();
  });

  it.each(['before-commit', 'after-commit'] as const)(
    'that does not know whether its commit took effect (it broke %s) runs the batch again, and ids decide',
    async (point) => {
      const { log, storage, store, purses, put } = await oneLane();
      await put();
      let broken = 0;
      storage.breakAt = (at) => {
        if (at === point && broken++ === 0) throw new Error('the connection broke');
      };
      expect(await put()).toMatchObject({ published: true, events: [{ type: 'Deposited', data: { tokens: 5n } }] });
      await put();
      expect(broken).toBeGreaterThan(0);
      expect(await purses.load('a')).toEqual({ tokens: 15n });
      expect(log.records(purseCatalogue.topic, 0)).toHaveLength(3);
      await store.close();
    },
  );
});
