import { randomUUID } from 'node:crypto';
import { type Moved, moved, purseCatalogue, type PurseEvent } from '../contract/purse.ts';
import { defaultLimits, type EventStoreLimits } from '../event-store-limits.ts';
import { LanedEventStore } from '../laned-event-store.ts';
import { defaultLeaseTerms, LeaseKeeper } from '../leases.ts';
import { ComparedClock } from '../storage-clock.ts';
import { InMemoryLog } from './in-memory-log.ts';
import { InMemoryLeases, type InMemoryStorage } from './in-memory-storage.ts';

export interface InMemoryPurses {
  readonly storage: InMemoryStorage;
  readonly log?: InMemoryLog;
  readonly leases?: InMemoryLeases;
  readonly limits?: Partial<EventStoreLimits> | undefined;
  /** The process' own clock; epoch milliseconds. */
  readonly ownClock?: () => number;
}

/** Starts a process with purses in memory; creates its topic if needed. */
export async function startInMemoryPurses(options: InMemoryPurses): Promise<LanedEventStore<PurseEvent, Moved>> {
  const {
    storage,
    log = new InMemoryLog(),
    leases: table = new InMemoryLeases(),
    limits,
    ownClock = Date.now,
  } = options;
  if ((await log.partitionsOf(purseCatalogue.topic)) === undefined)
    await log.createTopic(purseCatalogue.topic, { partitions: storage.lanes, replicationFactor: 1 });
  const leases = new LeaseKeeper(
    table,
    randomUUID(),
    defaultLeaseTerms,
    () => undefined,
    new ComparedClock({ own: ownClock }),
  );
  const store = new LanedEventStore<PurseEvent, Moved>({
    catalogue: purseCatalogue,
    system: moved,
    storage,
    log,
    leases,
    limits: { ...defaultLimits, ...limits },
    observer: {},
  });
  await store.start();
  await leases.start();
  return store;
}
