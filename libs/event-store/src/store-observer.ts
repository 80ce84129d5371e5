import type { InvalidEvent } from '@tokengrid/contracts';
import type { StreamUnreadable } from './command.ts';
import type { CommittedBatch } from './lane-options.ts';
import type { LaneTrouble } from './lane-end.ts';

/** What a store tells whoever watches it: logs, metrics, tests. */
export interface StoreObserver {
  committed?(batch: CommittedBatch): void;
  appended?(lane: number, events: number, milliseconds: number): void;
  troubled?(lane: number, trouble: LaneTrouble | undefined): void;
  /** A stream that can't be read; `undefined` once it can. */
  unreadable?(streamId: string, failure: StreamUnreadable | undefined): void;
  /** A decision stated an event that no reader would take: its command failed, and nothing of it is stored. */
  invalid?(streamId: string, error: InvalidEvent): void;
  /** By how much a lane's time is ahead of the storage's clock; 0 for one that is not. */
  ahead?(lane: number, milliseconds: number): void;
  /** An outage or another error that will be tried again. */
  failed?(error: unknown): void;
}
