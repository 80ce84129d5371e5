import type { Catalogue, StoredEvent } from '@tokengrid/contracts';
import type { LeaseKeeper } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import type { LaneWork, Reread } from './lane-work.ts';
import type { TailingLog } from '../tailing-log.ts';
import type { LaneMark } from './lane-mark.ts';
import type { MarkKey } from './subscriber-tables.ts';

/** A handler of events: a policy, or a foreign projection. */
export interface SubscriberHandler {
  /** Unique within the service; names leases and marks. */
  readonly name: string;
  /** Catalogue of the service whose events it reads. */
  readonly catalogue: Catalogue;
  /** Applies the next events of a lane and moves the mark, both or neither. */
  apply(work: LaneWork): Promise<void>;
  /** True if it may read a lane's start together with others ({@link CatchesUp}). */
  readonly readsWithOthers?: boolean;
  /** Called while a lane is idle: for requests of a person, such as replaying parked events. */
  attend?(lane: LaneWork['lane'], reread: Reread): Promise<void>;
  /** True if there is such a request, without a query; always, if absent. */
  hasToAttend?(lane: LaneWork['lane']): boolean;
  /** Blocked streams of a running lane, a sentence each. */
  problemsOf?(lane: LaneWork['lane']): readonly string[];
  /** Stores what is known of a lane and not stored yet, before this process ends. */
  settle?(lane: LaneWork['lane']): Promise<void>;
  /** Forgets a lane that another process applies now. */
  forget?(lane: LaneWork['lane']): void;
}

export interface SubscriberLimits {
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
  readonly attendEveryMs: number;
}

export const defaultSubscriberLimits: SubscriberLimits = {
  // Passing on a batch blocks the process: some hundred events of a lane, not thousands.
  maxBytes: 1024 * 1024,
  maxWaitMs: 3000,
  retryDelayMs: 50,
  maxRetryDelayMs: 5000,
  attendEveryMs: 1000,
};

/** Notifications of subscribers. */
export interface SubscriberObserver {
  applied?(subscriber: string, lane: number, events: number, milliseconds: number): void;
  malformed?(subscriber: string, lane: number, offset: number, reason: string): void;
  unknownType?(subscriber: string, event: StoredEvent): void;
  parked?(subscriber: string, event: StoredEvent, reason: string): void;
  /**
   * Called for a lane that stands still until a person has checked it; `undefined` once it moves
   * again.
   */
  stuck?(subscriber: string, lane: number, reason: string | undefined): void;
  failed?(subscriber: string, error: unknown): void;
}

/** Reads a lane's start for several handlers at once. */
export interface CatchesUp {
  /** @returns the mark to continue from, at the lane's end or before an unreadable event */
  join(handler: SubscriberHandler, key: MarkKey, start: LaneMark, signal: AbortSignal): Promise<LaneMark>;
}

export interface SubscriberOptions {
  readonly handler: SubscriberHandler;
  readonly log: TailingLog;
  readonly pool: Pool;
  readonly leases: LeaseKeeper;
  readonly limits: SubscriberLimits;
  readonly observer: SubscriberObserver;
  readonly catchUp?: CatchesUp;
}

/** Resolves when the signal aborts or the time is over. */
export function aborted(signal: AbortSignal, milliseconds: number): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
