import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deposit, type Moved, moved, purse, purseCatalogue, type PurseEvent } from './contract/purse.ts';
import { InMemoryLog } from './in-memory/in-memory-log.ts';
import { InMemoryLeases, InMemoryStorage } from './in-memory/in-memory-storage.ts';
import { defaultLimits } from './event-store-limits.ts';
import { LanedEventStore } from './laned-event-store.ts';
import { defaultLeaseTerms, LeaseKeeper } from './leases.ts';
import type { LaneCommands, LaneTransaction, LockedLane } from './storage.ts';

/** A storage that can turn into an older copy of itself, and be restored. */
class RestorableStorage extends InMemoryStorage {
  isOlder = false;

  override async begin(lanes: readonly LaneCommands[]): Promise<LaneTransaction> {
    const transaction = await super.begin(lanes);
    const older = ({ head, ...lane }: LockedLane): LockedLane => ({ ...lane, head: { ...head, sequence: 0 } });
    return this.isOlder ? { ...transaction, lanes: transaction.lanes.map(older) } : transaction;
  }
}

describe('a database that an older backup took the place of', () => {
  it('takes no commands under a running process, which says why, until it is restored', async () => {
    const log = new InMemoryLog();
    await log.createTopic(purseCatalogue.topic, { partitions: 1, replicationFactor: 1 });
    const storage = new RestorableStorage(1);
    const leases = new LeaseKeeper(new InMemoryLeases(), 'me', defaultLeaseTerms, () => undefined);
    const store = new LanedEventStore<PurseEvent, Moved>({
      catalogue: purseCatalogue,
      system: moved,
      storage,
      log,
      leases,
      limits: { ...defaultLimits, pollEveryMs: 5, compareEveryMs: 500, retryDelayMs: 5 },
      observer: {},
      clock: Date.now,
    });
    await store.start();
    await leases.start();
    const purses = store.streams(purse);
    const put = () =>
      purses.handle(deposit, { id: randomUUID(), streamId: 'a', correlationId: 't', data: { tokens: 1n } });
    await put();
    storage.isOlder = true;
    await expect(put()).rejects.toThrow();
    expect(store.problems().join()).toContain('run restore');
    storage.isOlder = false;
    while (store.problems().length > 0) await new Promise((resolve) => setImmediate(resolve));
    await put();
    expect(await purses.load('a')).toEqual({ tokens: 2n });
    await store.close();
  });
});
