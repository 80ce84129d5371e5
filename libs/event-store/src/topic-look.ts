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
    // Before the look: what is appended meanwhile may not be in it.
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
        ? [`lane ${lane}: the first events of ${this.topic} are gone: delete it, then republish`]
        : [],
    );
  }
}
