import { untilBeat } from './beat.ts';
import type { DatabaseLook } from './database-look.ts';
import type { EventStoreLimits } from './event-store-limits.ts';
import type { Relay } from './relay.ts';
import type { LaneStorage } from './storage.ts';
import type { TopicLook } from './topic-look.ts';

export interface PollsOptions {
  readonly storage: Pick<LaneStorage, 'publishedMark'>;
  readonly limits: EventStoreLimits;
  readonly relays: readonly Relay[];
  readonly database: DatabaseLook;
  readonly topic: TopicLook;
  /** True if the topic has been compared with the database. */
  readonly isCompared: () => boolean;
  /** Troubled lanes. */
  readonly troubled: () => readonly number[];
  readonly compare: (lane: number) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/**
 * Polls for lost notices, and for losses and repairs. It polls often only while a caller waits for
 * another process' relay, or a lane is in trouble.
 */
export class Polls {
  /** Time of each troubled lane's last comparison, in monotonic milliseconds. */
  private readonly comparedAt = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;
  private isOften = false;
  private isStopped = false;

  constructor(private readonly options: PollsOptions) {}

  /** Starts polling. */
  start(): void {
    if (this.isStopped) return;
    const { limits, relays, isCompared, troubled } = this.options;
    this.isOften = !isCompared() || troubled().length > 0 || relays.some(({ waitsForOthers }) => waitsForOthers);
    const seldomMs = Math.max(limits.pollEveryMs, Math.min(limits.lookEveryMs, limits.lookAtTopicEveryMs));
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        void this.poll().finally(() => this.start());
      },
      this.isOften ? limits.pollEveryMs : untilBeat(seldomMs),
    );
  }

  /** Polls sooner, if a caller waits for another process to publish a lane. */
  hurry(lane: number): void {
    if (!this.isOften && this.timer && this.options.relays[lane]!.waitsForOthers) this.start();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async poll(): Promise<void> {
    const { storage, limits, relays, database, topic, isCompared, troubled, failed } = this.options;
    try {
      if (isCompared()) await database.unlessYoungerThan(limits.lookEveryMs);
      await topic.unlessYoungerThan(limits.lookAtTopicEveryMs);
      const heard = relays.map(async (relay, lane) => {
        if (relay.waitsForOthers) relay.heard((await storage.publishedMark(lane)).sequence);
      });
      const compared = troubled().map(async (lane) => {
        if (!relays[lane]!.comparesItself) await this.compareAgain(lane);
      });
      await Promise.all([...heard, ...compared]);
    } catch (error) {
      failed(error);
    }
  }

  /**
   * Checks whether a person has repaired a lane. The relay with the lane's lease checks by itself.
   */
  private async compareAgain(lane: number): Promise<void> {
    const now = performance.now();
    if (now - (this.comparedAt.get(lane) ?? Number.NEGATIVE_INFINITY) < this.options.limits.compareEveryMs) return;
    this.comparedAt.set(lane, now);
    await this.options.compare(lane);
  }
}
