import { setTimeout as passing } from 'node:timers/promises';
import { type EventLog, OffsetOutOfRange } from '@tokengrid/event-store';
import { type LaneMark, readLane, type Reading } from './lane-mark.ts';
import type { LaneWork } from './lane-work.ts';
import type { CatchesUp, SubscriberHandler, SubscriberObserver } from './subscriber-options.ts';
import type { MarkKey } from './subscriber-tables.ts';

/** Policies that begin a lane together ask within this time: their leases come one after the other. */
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
 * Reads lanes from their first event for all policies that have to, once for all of them: after `restore`, or when a service joins others
 * that have run for years. Each policy alone would read and decode the whole topic, and callers would wait behind that. Here a lane is read by
 * one loop, which rests as long as it works, so that callers come first.
 */
export class CatchUp implements CatchesUp {
  private readonly gathering = new Map<string, Joined[]>();

  constructor(
    private readonly log: EventLog,
    private readonly observer: Pick<SubscriberObserver, 'malformed'> = {},
  ) {}

  /**
   * Brings a policy from the lane's beginning to its end, or to where it can't be followed further.
   * @returns the mark to go on from
   * @throws what the policy threw; its stored mark says how far it has come
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
      // The topic was made anew, or lost its beginning: the subscriber knows what to do.
      if (error instanceof OffsetOutOfRange) return undefined;
      throw error;
    }
  }
}

/** Hands a page to every policy. One that fails is told, and left out from here on. */
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
