import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Catalogue, StoredEvent } from '@tokengrid/contracts';
import { type LeaseKeeper, LogUnavailable } from '@tokengrid/event-store';
import type { Pool } from 'pg';
import { waitIsOver } from '../deadline.ts';
import { PartitionOutOfRange, type Tail, type TailingLog } from '../tailing-log.ts';
import type { CatchUp } from './catch-up.ts';
import { LaneReader } from './lane-reader.ts';

/** What applies events: a policy, or a projection of another service's events. */
export interface SubscriberHandler {
  /** Unique within the service; names leases and marks. */
  readonly name: string;
  /** Whose events it reads. */
  readonly catalogue: Catalogue;
  /** What to do with the next events of a lane, and with the mark, so that both hold or neither. */
  apply(work: LaneWork): Promise<void>;
  /** Whether it may read a lane's beginning together with others that do ({@link CatchUp}). */
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

export { HeldBack } from './held-back.ts';
export type { LaneWork, Reread } from './lane-reader.ts';
import type { LaneWork, Reread } from './lane-reader.ts';

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

export interface SubscriberOptions {
  readonly handler: SubscriberHandler;
  readonly log: TailingLog;
  readonly pool: Pool;
  readonly leases: LeaseKeeper;
  readonly limits: SubscriberLimits;
  readonly observer: SubscriberObserver;
  readonly catchUp?: CatchUp;
}

/** The name of the lease under which a subscriber applies a lane. */
export const subscriberLease = (subscriber: string, lane: number): string => `subscriber/${subscriber}/${lane}`;

/**
 * Follows one topic for one handler, in the lanes that this process holds the lease for. Each lane goes at its own pace: while one is at
 * work or stuck, the others are read on.
 */
export class Subscriber {
  private readonly readers = new Map<number, LaneReader>();
  private wait = new AbortController();
  private running: Promise<void> | undefined;
  private tail: Tail | undefined;
  private closed = false;

  constructor(private readonly options: SubscriberOptions) {}

  get name(): string {
    return this.options.handler.name;
  }

  /** Why lanes stand still, a sentence each. */
  problems(): readonly string[] {
    const { handler } = this.options;
    return [...this.readers].flatMap(([lane, { stuckBecause }]) => [
      ...(stuckBecause ? [`${this.name}, lane ${lane}: ${stuckBecause}`] : []),
      ...(handler.problemsOf?.(lane) ?? []),
    ]);
  }

  /** Starts to want the leases of all lanes of the topic. */
  start(lanes: number): void {
    const { handler, leases, log } = this.options;
    this.tail = log.tail(handler.catalogue.topic);
    for (let lane = 0; lane < lanes; lane++) {
      leases.want(subscriberLease(handler.name, lane), {
        acquired: () => this.acquire(lane),
        lost: () => this.letGo(lane),
        // Marks move only from where they stand: nothing has to begin anew.
        kept: () => undefined,
      });
    }
    this.running = this.run();
  }

  private acquire(lane: number): void {
    void this.readers.get(lane)?.close();
    this.readers.set(lane, new LaneReader(lane, this.options, () => this.wake()));
    this.wake();
  }

  private letGo(lane: number): void {
    void this.readers.get(lane)?.close();
    this.readers.delete(lane);
    this.options.handler.forget?.(lane);
    this.wake();
  }

  /** Ends the wait for records, because other lanes are to be waited for now. */
  private wake(): void {
    this.wait.abort(waitIsOver);
  }

  private async run(): Promise<void> {
    const { limits, observer } = this.options;
    while (!this.closed) {
      // Lanes that come to rest in the same turn of the loop are read on together.
      await turnOfTheLoop();
      if (this.closed) return;
      this.wait = new AbortController();
      const idle = [...this.readers].filter(([, reader]) => reader.isIdle);
      if (idle.length === 0) {
        await aborted(this.wait.signal, limits.maxWaitMs);
        continue;
      }
      try {
        await this.read(idle);
      } catch (error) {
        if (error instanceof PartitionOutOfRange) this.readers.get(error.partition)?.rereadFromStart();
        else {
          observer.failed?.(this.name, error);
          await aborted(this.wait.signal, error instanceof LogUnavailable ? limits.retryDelayMs * 4 : limits.maxWaitMs);
        }
      }
    }
  }

  private async read(idle: readonly (readonly [number, LaneReader])[]): Promise<void> {
    const { limits } = this.options;
    const positions = new Map(idle.map(([lane, reader]) => [lane, reader.offset]));
    const found = await this.tail!.next(positions, {
      maxBytes: limits.maxBytes,
      maxWaitMs: limits.maxWaitMs,
      signal: this.wait.signal,
    });
    for (const [lane, reader] of idle) {
      const records = found.get(lane);
      if (records && records.length > 0) reader.take(records);
      else reader.rest();
    }
  }

  /** Finishes what is being applied. */
  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    this.tail?.close();
    await this.running;
    await Promise.all([...this.readers.values()].map((reader) => reader.close()));
  }
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
