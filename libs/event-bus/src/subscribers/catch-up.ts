import { setTimeout as passing } from 'node:timers/promises';
import { type EventLog, OffsetOutOfRange } from '@tokengrid/event-store';
import { type LaneMark, readLane, type Reading } from './lane-mark.ts';
import type { LaneWork } from './lane-work.ts';
import type { CatchesUp, SubscriberHandler, SubscriberObserver } from './subscriber-options.ts';
import type { MarkKey } from './subscriber-tables.ts';

/**
 * Policies that start a lane within this time are read together: their leases come one after
 * another.
 */
const gatherMs = 300;
const pageOptions = { maxBytes: 512 * 1024, maxWaitMs: 0 } as const;

/** A policy that reads a lane from its first event. */
interface Joined {
  readonly handler: SubscriberHandler;
  readonly key: MarkKey;
  readonly signal: AbortSignal;
  readonly resolve: (mark: LaneMark) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads lanes from their first event once for all policies that need it: after `restore`, or when a
 * service joins others that have run for years. Each policy alone would read and decode the whole
 * topic, and callers would wait. Here one loop reads a lane and pauses as long as it works, so that
 * callers come first.
 */
export class CatchUp implements CatchesUp {
  private readonly gathering = new Map<string, Joined[]>();

  constructor(
    private readonly log: EventLog,
    private readonly observer: Pick<SubscriberObserver, 'malformed'> = {},
  ) {}

  /**
   * Brings a policy from the lane's start to its end, or to the first unreadable event.
   * @returns the mark to continue from
   * @throws the policy's error; its stored mark tells its progress
   */
  async join(handler: SubscriberHandler, key: MarkKey, start: LaneMark, signal: AbortSignal): Promise<LaneMark> {
    const { first, next } = await this.log.offsetsOf(key.topic, key.lane);
    if (first === next) return start;
    const name = `${key.topic}/${key.lane}`;
    return new Promise((resolve, reject) => {
      const joined: Joined = { handler, key, signal, resolve, reject };
      const others = this.gathering.get(name);
      if (others) {
        others.push(joined);
        return;
      }
      const all = [joined];
      this.gathering.set(name, all);
      setTimeout(() => {
        this.gathering.delete(name);
        void this.read(all, start);
      }, gatherMs);
    });
  }

  private async read(all: readonly Joined[], start: LaneMark): Promise<void> {
    let mark = start;
    let left = all;
    try {
      for (;;) {
        const began = performance.now();
        left = left.filter((joined) => this.isWanted(joined, mark));
        if (left.length === 0) return;
        const page = await this.nextPage(left[0]!, mark);
        if (page === undefined) break;
        this.tellMalformed(left, page);
        left = await applied(left, page, mark);
        mark = page.mark;
        if (page.broken) break;
        await passing(performance.now() - began);
      }
      for (const { resolve } of left) resolve(mark);
    } catch (error) {
      for (const { reject } of left) reject(error);
    }
  }

  private tellMalformed(all: readonly Joined[], { malformed }: Pick<Reading, 'malformed'>): void {
    for (const { handler, key } of all) {
      for (const { offset, reason } of malformed) this.observer.malformed?.(handler.name, key.lane, offset, reason);
    }
  }

  private isWanted({ signal, resolve }: Joined, mark: LaneMark): boolean {
    if (signal.aborted) resolve(mark);
    return !signal.aborted;
  }

  /** `undefined` at the lane's end. */
  private async nextPage({ key, handler }: Joined, mark: LaneMark) {
    try {
      const records = await this.log.read(key.topic, key.lane, mark.offset, pageOptions);
      return records.length === 0 ? undefined : readLane(handler.catalogue.service, key.lane, mark, records);
    } catch (error) {
      // The topic was recreated, or lost its beginning: the subscriber handles it.
      if (error instanceof OffsetOutOfRange) return undefined;
      throw error;
    }
  }
}

/** Passes a page to every policy. A failed one is notified and dropped. */
async function applied(
  all: readonly Joined[],
  { next: events, mark: to }: Pick<Reading, 'next' | 'mark'>,
  from: LaneMark,
): Promise<readonly Joined[]> {
  if (events.length === 0) return all;
  const results = await Promise.allSettled(
    all.map(({ handler, key, signal }) => {
      const work: LaneWork = { lane: key.lane, key, events, from, to, signal };
      return handler.apply(work);
    }),
  );
  return all.filter(({ reject }, index) => {
    const result = results[index]!;
    if (result.status === 'rejected') reject(result.reason);
    return result.status === 'fulfilled';
  });
}
