import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { LogUnavailable } from '@tokengrid/event-store';
import { waitIsOver } from '../deadline.ts';
import { PartitionOutOfRange, type Tail } from '../tailing-log.ts';
import { LaneReader } from './lane-reader.ts';
import { aborted, type SubscriberOptions } from './subscriber-options.ts';

/** Name of the lease under which a subscriber applies a lane. */
export const subscriberLease = (subscriber: string, lane: number): string => `subscriber/${subscriber}/${lane}`;

/**
 * Follows one topic for one handler, in the lanes whose lease this process holds. Each lane has its
 * own pace: while one works or stands still, the others are read.
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

  /** Reasons of lanes that stand still, a sentence each. */
  problems(): readonly string[] {
    const { handler } = this.options;
    return [...this.readers].flatMap(([lane, { stuckBecause }]) => [
      ...(stuckBecause ? [`${this.name}, lane ${lane}: ${stuckBecause}`] : []),
      ...(handler.problemsOf?.(lane) ?? []),
    ]);
  }

  /** Starts wanting the leases of all lanes of the topic. */
  start(lanes: number): void {
    const { handler, leases, log } = this.options;
    this.tail = log.tail(handler.catalogue.topic);
    for (let lane = 0; lane < lanes; lane++) {
      leases.want(subscriberLease(handler.name, lane), {
        acquired: () => this.acquire(lane),
        lost: () => this.letGo(lane),
        // Marks move only from their known position: no restart is needed.
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

  /** Ends the wait for records, because other lanes have to be included. */
  private wake(): void {
    this.wait.abort(waitIsOver);
  }

  private async run(): Promise<void> {
    const { limits, observer } = this.options;
    while (!this.closed) {
      // Lanes that finish in the same turn of the event loop are read together.
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

  /** Finishes the running work. */
  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    this.tail?.close();
    await this.running;
    await Promise.all([...this.readers.values()].map((reader) => reader.close()));
  }
}
