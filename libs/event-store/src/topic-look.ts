import type { EventLog } from './event-log.ts';
import type { Relay } from './relay.ts';

/** Polls whether the own topic still exists and has the published events. */
export class TopicLook {
  private isGone = false;
  private lookedAt = performance.now();

  constructor(
    private readonly log: EventLog,
    private readonly topic: string,
    private readonly relays: readonly Relay[],
  ) {}

  /** @throws LogUnavailable */
  async unlessYoungerThan(maxAgeMs: number): Promise<void> {
    const now = performance.now();
    if (now - this.lookedAt < maxAgeMs) return;
    this.lookedAt = now;
    // Read before the look: later appends may not be in its result.
    const known = this.relays.map(({ knownOffset }) => knownOffset);
    const ends = (await this.log.endsOf([this.topic])).get(this.topic);
    this.isGone = ends === undefined;
    ends?.forEach((end, lane) => this.relays[lane]?.see(end, known[lane]));
  }

  problems(): readonly string[] {
    return this.isGone ? [`the topic ${this.topic} is gone: run republish`] : [];
  }

  warnings(): readonly string[] {
    return this.relays.flatMap((relay, lane) =>
      relay.lacksBeginning
        ? [`lane ${lane}: the first events of ${this.topic} are gone: delete the topic, then republish`]
        : [],
    );
  }
}
