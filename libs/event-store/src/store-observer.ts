import type { InvalidEvent } from '@tokengrid/contracts';
import type { StreamUnreadable } from './command.ts';
import type { CommittedBatch } from './lane-options.ts';
import type { LaneTrouble } from './lane-end.ts';

/** Notifications of a store, for logs, metrics and tests. */
export interface StoreObserver {
  committed?(batch: CommittedBatch): void;
  appended?(lane: number, events: number, milliseconds: number): void;
  troubled?(lane: number, trouble: LaneTrouble | undefined): void;
  /** Called for an unreadable stream; `undefined` once it is readable. */
  unreadable?(streamId: string, failure: StreamUnreadable | undefined): void;
  /** Called for an invalid event of a decision: its command failed, and nothing of it is stored. */
  invalid?(streamId: string, error: InvalidEvent): void;
  /**
   * Called for an event that is stored without fields that its schema does not have: a newer
   * release has stored what its decision read.
   */
  trimmed?(streamId: string, leftOut: string): void;
  /** Called with a lane's lead over the storage clock; 0 if it is not ahead. */
  ahead?(lane: number, milliseconds: number): void;
  /** Called with an outage or another error before a retry. */
  failed?(error: unknown): void;
}
