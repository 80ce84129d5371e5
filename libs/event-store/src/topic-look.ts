import type { EventLog } from './event-log.ts';
import type { Relay } from './relay.ts';

/** Looks now and then whether the own topic is still there, and has what was published. */
export class TopicLook {
  private isGone = false;
  private lookedAt = performance.now();

  constructor(
    private readonly log: EventLog,
    private readonly topic: string,
    private readonly relays: readonly Relay[],
    private readonly everyMs: number,
  ) {}

  /** @throws LogUnavailable */
  async look(): Promise<void> {
    const now = performance.now();
    if (now - this.lookedAt < this.everyMs) return;
    this.lookedAt = now;
    this.isGone = (await this.log.partitionsOf(this.topic)) === undefined;
    if (!this.isGone) await Promise.all(this.relays.map((relay) => relay.look()));
  }

  problems(): readonly string[] {
    return this.isGone ? [`the topic ${this.topic} is gone: run republish`] : [];
  }

  warnings(): readonly string[] {
    return this.relays.flatMap((relay, lane) =>
      relay.lacksBeginning
        ? [`lane ${lane}: the first events of ${this.topic} are gone: delete it, then republish`]
        : [],
    );
  }
}
