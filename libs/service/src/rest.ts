import type { EventStore } from '@tokengrid/event-store';

/** Maximum rest, even if no event is known to be stored. */
const longestRestMs = 60_000;

/**
 * Pauses work that polls for something to do while it would find nothing: it depends on events
 * only, and none was stored since it found nothing. An idle service so costs its database nothing.
 */
export class Rest {
  private known: number | undefined;
  private until = Number.NEGATIVE_INFINITY;

  constructor(private readonly store: Pick<EventStore, 'knownEvents'>) {}

  /** @param look returns whether nothing is left to do until new events come */
  async unlessResting(look: () => Promise<boolean>): Promise<void> {
    // Read before the look: later events may not be in its result.
    const known = this.store.knownEvents;
    if (this.known === known && performance.now() < this.until) return;
    this.known = undefined;
    if (!(await look())) return;
    this.known = known;
    this.until = performance.now() + longestRestMs;
  }

  /** Ends the rest: postponed work is due. */
  end(): void {
    this.known = undefined;
  }
}
