import { UnreadableEvent } from '@tokengrid/contracts';
import type { LogRecord } from '@tokengrid/event-store';
import { findEvent } from './find-event.ts';
import { HeldBack } from './held-back.ts';
import { type LaneMark, readLane } from './lane-mark.ts';
import { aborted, type SubscriberHandler, type SubscriberOptions } from './subscriber-options.ts';
import { loadMark, type MarkKey, MarkMoved } from './subscriber-tables.ts';
import { isTransient } from './transient.ts';
import type { LaneWork, Reread } from './lane-work.ts';

/** One lane of one subscriber, while this process holds its lease. */
export class LaneReader {
  private mark: LaneMark | undefined;
  private working: Promise<void> | undefined;
  private readonly ending = new AbortController();
  private readonly key: MarkKey;
  private readonly ready: Promise<void>;
  private reread = false;
  private stuckReason: string | undefined;
  private attendedAt = 0;

  constructor(
    readonly lane: number,
    private readonly options: SubscriberOptions,
    private readonly wake: () => void,
  ) {
    const { handler } = options;
    this.key = { subscriber: handler.name, topic: handler.catalogue.topic, lane };
    this.ready = this.persist(() => this.load()).then(() => this.wake());
  }

  /** True if it can take records. */
  get isIdle(): boolean {
    return this.mark !== undefined && this.working === undefined && !this.ending.signal.aborted;
  }

  get offset(): number {
    return this.mark!.offset;
  }

  get stuckBecause(): string | undefined {
    return this.stuckReason;
  }

  private async load(): Promise<void> {
    const { pool, handler, catchUp } = this.options;
    const stored = await loadMark(pool, this.key);
    const isBeginning = stored.sequence === 0 && handler.readsWithOthers === true;
    this.mark = isBeginning && catchUp ? await catchUp.join(handler, this.key, stored, this.ending.signal) : stored;
  }

  /**
   * Reads from the start: offsets are only a hint, since the topic may have been recreated.
   * Sequences tell what was seen.
   */
  rereadFromStart(): void {
    if (this.mark) this.mark = { ...this.mark, offset: 0 };
  }

  take(records: readonly LogRecord[]): void {
    this.working = this.persist(() => this.apply(records)).finally(() => {
      this.working = undefined;
      this.wake();
    });
  }

  /** Rests: the lane has nothing new. */
  rest(): void {
    const { handler, limits, log } = this.options;
    const { lane } = this;
    if (!handler.attend || performance.now() - this.attendedAt < limits.attendEveryMs) return;
    if (handler.hasToAttend?.(this.lane) === false) return;
    this.attendedAt = performance.now();
    const reread: Reread = (sequence, offset) =>
      findEvent({ log, catalogue: handler.catalogue, lane }, sequence, offset);
    this.working = this.persist(async () => handler.attend!(lane, reread)).finally(() => {
      this.working = undefined;
      // The running wait does not include this lane.
      this.wake();
    });
  }

  private async apply(records: readonly LogRecord[]): Promise<void> {
    const { handler, observer } = this.options;
    const from = this.mark!;
    const reading = readLane(handler.catalogue.service, this.lane, from, records);
    for (const { offset, reason } of reading.malformed) observer.malformed?.(handler.name, this.lane, offset, reason);
    if (reading.next.length > 0) {
      const started = performance.now();
      const { next: events, mark: to } = reading;
      const work = { lane: this.lane, key: this.key, events, from, to, signal: this.ending.signal };
      const heldBack = await applied(handler, work);
      const reached = heldBack?.mark ?? to;
      const count = reached.sequence - from.sequence;
      observer.applied?.(handler.name, this.lane, count, performance.now() - started);
      this.reread = false;
      if (heldBack) return this.holdBack(heldBack);
      this.setStuck(undefined);
    }
    this.mark = reading.mark;
    if (reading.broken) await this.stop(reading.broken);
  }

  /**
   * Stands still before an event, and reads it again later: it may have been repaired or skipped.
   */
  private async holdBack({ mark, message }: HeldBack): Promise<void> {
    this.mark = mark;
    this.setStuck(message);
    await aborted(this.ending.signal, this.options.limits.maxRetryDelayMs);
  }

  /**
   * Handles a gap or a fork: a gap is checked once more from the start; then, or at a fork, the
   * lane stops and is reported until it is repaired.
   */
  private async stop({ kind, reason }: { readonly kind: 'gap' | 'fork'; readonly reason: string }): Promise<void> {
    if (kind === 'gap' && !this.reread) {
      this.reread = true;
      this.rereadFromStart();
      return;
    }
    this.setStuck(reason);
    await aborted(this.ending.signal, this.options.limits.maxRetryDelayMs);
    this.rereadFromStart();
  }

  private setStuck(reason: string | undefined): void {
    if (this.stuckReason === reason) return;
    this.stuckReason = reason;
    this.options.observer.stuck?.(this.options.handler.name, this.lane, reason);
  }

  /**
   * Retries until success or the loss of the lease. It waits quietly for an outage to end; after
   * any other error the next event can't be applied: the lane stops, is reported, and resumes by
   * itself once the cause is repaired.
   */
  private async persist(work: () => Promise<void>): Promise<void> {
    const { limits, observer, handler } = this.options;
    for (
      let delayMs = limits.retryDelayMs;
      !this.ending.signal.aborted;
      delayMs = Math.min(delayMs * 2, limits.maxRetryDelayMs)
    ) {
      try {
        return await work();
      } catch (error) {
        if (this.ending.signal.aborted) return;
        observer.failed?.(handler.name, error);
        if (!isTransient(error) || error instanceof UnreadableEvent) this.setStuck((error as Error).message);
        await aborted(this.ending.signal, delayMs);
        if (error instanceof MarkMoved) {
          // Records in hand belong to the old mark: read again from the new one, where the cause
          // may be gone.
          handler.forget?.(this.lane);
          await this.load().catch(() => undefined);
          this.setStuck(undefined);
          return;
        }
      }
    }
  }

  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all([this.ready, this.working]);
    // What is not stored is read again.
    await this.options.handler.settle?.(this.lane).catch(() => undefined);
  }
}

/** Applies the work, or its first part with the reason of the block. */
async function applied(handler: SubscriberHandler, work: LaneWork): Promise<HeldBack | undefined> {
  try {
    await handler.apply(work);
    return undefined;
  } catch (error) {
    if (error instanceof HeldBack) return error;
    throw error;
  }
}
