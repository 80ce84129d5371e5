import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deposit, purse } from './contract/purse.ts';
import { InMemoryLog } from './in-memory/in-memory-log.ts';
import { startInMemoryPurses } from './in-memory/in-memory-purses.fixture.ts';
import { InMemoryStorage } from './in-memory/in-memory-storage.ts';
import type { LaneCommands, LaneTransaction, LockedLane } from './storage.ts';

/** Storage that can become an older copy of itself, and be restored. */
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
    const storage = new RestorableStorage(1);
    const store = await startInMemoryPurses({
      ...{ storage, log, limits: { pollEveryMs: 5, compareEveryMs: 500, retryDelayMs: 5 } },
    });
    const purses = store.streams(purse);
    const put = () =>
      purses.handle(deposit, {
        id: randomUUID(),
        streamId: 'a',
        correlationId: 't',
        actor: 'spec',
        data: { tokens: 1n },
      });
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
