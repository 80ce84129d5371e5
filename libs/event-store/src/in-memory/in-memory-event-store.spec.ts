import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { contractLanes, eventStoreContract, type StoreUnderTest } from '../contract/event-store.contract.ts';
import { deposit, type Moved, moved, purse, purseCatalogue, type PurseEvent } from '../contract/purse.ts';
import { defaultLimits, LanedEventStore } from '../laned-event-store.ts';
import { defaultLeaseTerms, LeaseKeeper } from '../leases.ts';
import { InMemoryLog } from './in-memory-log.ts';
import { InMemoryLeases, InMemoryStorage } from './in-memory-storage.ts';

eventStoreContract('in memory', async (limits): Promise<StoreUnderTest> => {
  const log = new InMemoryLog();
  await log.createTopic(purseCatalogue.topic, { partitions: contractLanes, replicationFactor: 1 });
  const storage = new InMemoryStorage(contractLanes);
  const table = new InMemoryLeases();
  const stores: LanedEventStore<PurseEvent, Moved>[] = [];
  let skewMs = 0;
  const start = async (more = limits) => {
    const leases = new LeaseKeeper(table, randomUUID(), defaultLeaseTerms, () => undefined);
    const store = new LanedEventStore<PurseEvent, Moved>({
      catalogue: purseCatalogue,
      system: moved,
      storage,
      log,
      leases,
      limits: { ...defaultLimits, ...more },
      observer: {},
      clock: () => Date.now() + skewMs,
    });
    await store.start();
    await leases.start();
    stores.push(store);
    return store;
  };
  return {
    store: await start(),
    log,
    another: start,
    step: (milliseconds) => (skewMs += milliseconds),
    close: async () => void (await Promise.all(stores.map((store) => store.close()))),
  };
});

describe('a lane', () => {
  it('takes a command that comes the moment the one before was answered', async () => {
    class InstantLog extends InMemoryLog {
      override append(): Promise<number> {
        return Promise.resolve(0);
      }
    }
    const log = new InstantLog();
    await log.createTopic(purseCatalogue.topic, { partitions: 1, replicationFactor: 1 });
    const leases = new LeaseKeeper(new InMemoryLeases(), 'me', defaultLeaseTerms, () => undefined);
    const store = new LanedEventStore<PurseEvent, Moved>({
      catalogue: purseCatalogue,
      system: moved,
      storage: new InMemoryStorage(1),
      log,
      leases,
      limits: { ...defaultLimits, answerTimeoutMs: 1000 },
      observer: {},
      clock: Date.now,
    });
    await store.start();
    await leases.start();
    const purses = store.streams(purse);
    for (let count = 0; count < 50; count++) {
      await purses.handle(deposit, { id: randomUUID(), streamId: 'a', correlationId: 'test', data: { tokens: 1n } });
    }
    expect(await purses.load('a')).toEqual({ tokens: 50n });
    await store.close();
  });
});
