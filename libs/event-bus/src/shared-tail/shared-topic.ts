import { setImmediate as turnOfTheLoop, setTimeout as passing } from 'node:timers/promises';
import { type LogRecord, type ReadOptions, untilBeat } from '@tokengrid/event-store';
import { waitIsOver } from '../deadline.ts';
import { PartitionOutOfRange, type Tail, UnreadableBatch } from '../tailing-log.ts';
import { bytesOf, SharedLane } from './shared-lane.ts';

type Positions = ReadonlyMap<number, number>;

interface Waiter {
  readonly positions: Positions;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface SharingLimits {
  /** Maximum bytes kept per lane. */
  readonly maxBytes: number;
  readonly patienceMs: number;
  /** Time for which a fetch waits for news, whichever followers end their waits before. */
  readonly fetchWaitMs: number;
  /**
   * Time from the news of one fetch to the next fetch, for each record of the news. Followers cost
   * mostly by the batch, so under load they are given more at a time; a lone record delays nothing.
   */
  readonly restMsPerRecord: number;
  /** Longest such time. The fuller the fetch was, the shorter it is: none from half full on. */
  readonly maxRestMs: number;
}

/** Part of a fetch's limit from which it counts as full: more is there already. */
const fullPart = 0.5;

/** One topic as a process follows it: fetched and decoded once, for all that keep pace. */
export class SharedTopic {
  private readonly lanes = new Map<number, SharedLane>();
  private readonly waiters = new Set<Waiter>();
  /** Lanes with followers that wait or soon will, and no result yet. */
  private readonly wanted = new Set<number>();
  private isFetching = false;
  private readonly ending = new AbortController();
  /** Monotonic milliseconds before which nothing is fetched. */
  private restsUntil = 0;
  /** Ends the wait of the running fetch when other lanes are wanted, too. */
  private fetch = new AbortController();
  /** Positions of the running fetch. */
  private fetching: Positions = new Map();

  constructor(
    private readonly tail: Tail,
    private readonly limits: SharingLimits,
  ) {}

  /** The lane, with a follower that reads from an offset. */
  ask(follower: object, lane: number, offset: number): SharedLane {
    let shared = this.lanes.get(lane);
    if (!shared) {
      shared = new SharedLane(offset, this.limits.maxBytes, this.limits.patienceMs);
      this.lanes.set(lane, shared);
    }
    shared.ask(follower, offset);
    return shared;
  }

  /**
   * Records the offset up to which a follower has received a lane's records. One that has them all
   * will ask for the next: the lane goes into the next fetch, not into one of its own.
   */
  gave(follower: object, lane: number, records: readonly LogRecord[]): void {
    const shared = this.lanes.get(lane)!;
    const offset = records.at(-1)!.offset + 1;
    shared.place(follower, offset);
    if (offset === shared.next) this.wanted.add(lane);
  }

  /** Cached records of a lane from an offset on. */
  held(lane: number, offset: number): readonly LogRecord[] {
    return this.lanes.get(lane)!.from(offset);
  }

  leave(follower: object): void {
    for (const lane of this.lanes.values()) lane.leave(follower);
  }

  /**
   * Waits until one of the lanes has a record at its position or has moved away from it, or the
   * signal aborts.
   * @throws the error of the fetch for one of these lanes
   */
  wait(positions: Positions, options: ReadOptions & { readonly signal: AbortSignal }): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { positions, resolve: () => end(resolve), reject: (error) => end(() => reject(error)) };
      const end = (tell: () => void) => {
        this.waiters.delete(waiter);
        signal.removeEventListener('abort', waiter.resolve);
        tell();
      };
      this.waiters.add(waiter);
      signal.addEventListener('abort', waiter.resolve);
      this.want(positions.keys(), options);
    });
  }

  private want(lanes: Iterable<number>, options: ReadOptions): void {
    for (const lane of lanes) {
      this.wanted.add(lane);
      // Also for a lane that is fetched from another position: a follower has gone back since.
      if (this.lanes.get(lane)!.next !== this.fetching.get(lane)) this.fetch.abort(waitIsOver);
    }
    if (!this.isFetching) void this.fetchWanted(options);
  }

  /**
   * Fetches until no lane is wanted. Lanes without waiting followers are dropped after a fetch
   * without news.
   */
  private async fetchWanted({ maxBytes }: ReadOptions): Promise<void> {
    this.isFetching = true;
    while (this.wanted.size > 0) {
      // Lanes wanted in the same turn of the event loop go into one request.
      await turnOfTheLoop();
      await this.rest();
      if (this.isClosed) break;
      this.fetch = new AbortController();
      const { signal } = this.fetch;
      const positions = new Map([...this.wanted].map((lane) => [lane, this.lanes.get(lane)!.next]));
      this.fetching = positions;
      try {
        const found = await this.tail.next(positions, {
          maxBytes,
          maxWaitMs: untilBeat(this.limits.fetchWaitMs),
          signal,
        });
        this.restAfter(found, maxBytes);
        for (const [lane, records] of found) {
          const shared = this.lanes.get(lane)!;
          // A lane that has moved meanwhile still has to be fetched, from its new position.
          if (shared.next !== positions.get(lane)) continue;
          shared.add(shared.next, records);
          this.wanted.delete(lane);
        }
        if (found.size === 0 && !signal.aborted) this.keepWhatIsWaitedFor();
      } catch (error) {
        this.fail(error);
      }
      for (const waiter of [...this.waiters]) if (this.isDone(waiter)) waiter.resolve();
    }
    this.isFetching = false;
    if (this.isClosed) for (const waiter of [...this.waiters]) waiter.resolve();
  }

  private restAfter(news: ReadonlyMap<number, readonly LogRecord[]>, maxBytes: number): void {
    const { restMsPerRecord, maxRestMs } = this.limits;
    let [records, bytes] = [0, 0];
    for (const ofLane of news.values()) {
      records += ofLane.length;
      bytes += bytesOf(ofLane);
    }
    // A rest would bound what is read in a second, however much comes.
    const room = Math.max(0, 1 - bytes / (maxBytes * fullPart));
    this.restsUntil = performance.now() + Math.min(records * restMsPerRecord, maxRestMs) * room;
  }

  private async rest(): Promise<void> {
    const leftMs = this.restsUntil - performance.now();
    if (leftMs > 0) await passing(leftMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }

  private get isClosed(): boolean {
    return this.ending.signal.aborted;
  }

  private isDone({ positions }: Waiter): boolean {
    return [...positions].some(([lane, offset]) => this.lanes.get(lane)!.next !== offset);
  }

  private keepWhatIsWaitedFor(): void {
    this.wanted.clear();
    for (const { positions } of this.waiters) for (const lane of positions.keys()) this.wanted.add(lane);
  }

  /** Reports a failure: of one partition to its followers, any other to all. A retry asks again. */
  private fail(error: unknown): void {
    const isOfOne = error instanceof PartitionOutOfRange || error instanceof UnreadableBatch;
    for (const waiter of [...this.waiters]) {
      if (!isOfOne || waiter.positions.has(error.partition)) waiter.reject(error);
    }
    this.keepWhatIsWaitedFor();
  }

  close(): void {
    this.ending.abort();
    this.tail.close();
    this.fetch.abort(waitIsOver);
  }
}
