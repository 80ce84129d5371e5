import { type LogRecord, type ReadOptions, untilBeat } from '@tokengrid/event-store';
import { waitIsOver } from '../deadline.ts';
import type { Tail } from '../tailing-log.ts';
import type { SharedTopic } from './shared-topic.ts';

type Positions = ReadonlyMap<number, number>;
type Records = Map<number, readonly LogRecord[]>;

/**
 * A tail that shares the process' fetches of a topic, and waits for new records together with
 * others. While it is behind or ahead of them, it reads by itself.
 */
export class SharedTail implements Tail {
  constructor(
    private readonly topic: SharedTopic,
    /** Tail for this follower alone. */
    private readonly own: Tail,
    private readonly left: () => void,
  ) {}

  async next(positions: Positions, options: ReadOptions): Promise<Records> {
    if (positions.size === 0 || options.signal?.aborted) return new Map();
    const { found, together, alone } = this.sort(positions);
    const wait = new AbortController();
    const end = () => wait.abort(waitIsOver);
    const waitMs = untilBeat(options.maxWaitMs);
    const timer = setTimeout(end, waitMs);
    options.signal?.addEventListener('abort', end);
    const waiting: Promise<void>[] = [];
    const limits = { ...options, signal: wait.signal };
    if (together.size > 0) waiting.push(this.topic.wait(together, limits).finally(end));
    if (alone.size > 0) waiting.push(this.readAlone(alone, { ...limits, maxWaitMs: waitMs }, found).finally(end));
    // The shared fetch continues by itself, and its result is there at the next call.
    if (found.size > 0) end();
    const ends = await Promise.allSettled(waiting);
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
    for (const [lane, offset] of together) {
      const records = this.topic.held(lane, offset);
      if (records.length > 0) found.set(lane, records);
    }
    const failed = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
    // A lasting failure comes again when there is nothing else.
    if (failed && found.size === 0) throw failed.reason;
    for (const [lane, records] of found) this.topic.gave(this, lane, records);
    return found;
  }

  /** Cached records, and the positions to wait for together with others or alone. */
  private sort(positions: Positions) {
    const found: Records = new Map();
    const together = new Map<number, number>();
    const alone = new Map<number, number>();
    for (const [lane, offset] of positions) {
      const shared = this.topic.ask(this, lane, offset);
      if (!shared.has(offset)) alone.set(lane, offset);
      else if (shared.next === offset) together.set(lane, offset);
      else found.set(lane, shared.from(offset));
    }
    return { found, together, alone };
  }

  private async readAlone(positions: Positions, options: ReadOptions, found: Records): Promise<void> {
    for (const [lane, records] of await this.own.next(positions, options)) found.set(lane, records);
  }

  close(): void {
    this.topic.leave(this);
    this.own.close();
    this.left();
  }
}
