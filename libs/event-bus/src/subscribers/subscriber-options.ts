import type { Catalogue, StoredEvent } from '@tokengrid/contracts';
import type { LeaseKeeper } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import type { LaneWork, Reread } from './lane-work.ts';
import type { TailingLog } from '../tailing-log.ts';
import type { LaneMark } from './lane-mark.ts';
import type { MarkKey } from './subscriber-tables.ts';

/** What applies events: a policy, or a projection of another service's events. */
export interface SubscriberHandler {
  /** Unique within the service; names leases and marks. */
  readonly name: string;
  /** Whose events it reads. */
  readonly catalogue: Catalogue;
  /** What to do with the next events of a lane, and with the mark, so that both hold or neither. */
  apply(work: LaneWork): Promise<void>;
  /** Whether it may read a lane's beginning together with others that do ({@link CatchesUp}). */
  readonly readsWithOthers?: boolean;
  /** Called while a lane is idle: room for what a person asked for, such as replaying parked events. */
  attend?(lane: LaneWork['lane'], reread: Reread): Promise<void>;
  /** Whether there is anything to attend to, without asking anybody; always, if it does not say. */
  hasToAttend?(lane: LaneWork['lane']): boolean;
  /** What it holds back of a lane that goes on, a sentence each. */
  problemsOf?(lane: LaneWork['lane']): readonly string[];
  /** The lane is no longer this process' to apply. */
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
  // What is handed over at once holds the process up: some hundred events of a lane, not thousands.
  maxBytes: 1024 * 1024,
  // With the time for a request, how long it takes to find out that a broker has fallen silent: below 7 s.
  maxWaitMs: 3000,
  retryDelayMs: 50,
  maxRetryDelayMs: 5000,
  attendEveryMs: 1000,
};

/** What subscribers tell whoever watches them. */
export interface SubscriberObserver {
  applied?(subscriber: string, lane: number, events: number, milliseconds: number): void;
  malformed?(subscriber: string, lane: number, offset: number, reason: string): void;
  unknownType?(subscriber: string, event: StoredEvent): void;
  parked?(subscriber: string, event: StoredEvent, reason: string): void;
  /** A lane that stands still for a reason that a person must look at; `undefined` once it moves again. */
  stuck?(subscriber: string, lane: number, reason: string | undefined): void;
  failed?(subscriber: string, error: unknown): void;
}

/** Reads a lane's beginning for several handlers at once. */
export interface CatchesUp {
  /** @returns the mark to go on from, at the lane's end or where it can't be followed further */
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
