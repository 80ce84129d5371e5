import type { EventStore } from '@tokengrid/event-store';

/** What a look tells is believed no longer, even if nothing is known to have been stored. */
const longestRestMs = 60_000;

/**
 * Lets work that looks for something to do rest as long as it would find nothing: what it looks at follows from events, and none was stored
 * since it found nothing. Only an idle wallet rests, and costs its database nothing.
 */
export class Rest {
  private known: number | undefined;
  private until = Number.NEGATIVE_INFINITY;

  constructor(private readonly store: Pick<EventStore, 'knownEvents'>) {}

  /** @param look says whether nothing is left to be done, but what further events bring */
  async unlessResting(look: () => Promise<boolean>): Promise<void> {
    // Before the look: what is stored meanwhile may not be in it.
    const known = this.store.knownEvents;
    if (this.known === known && performance.now() < this.until) return;
    this.known = undefined;
    if (!(await look())) return;
    this.known = known;
    this.until = performance.now() + longestRestMs;
  }

  /** Ends the rest: it is time for something that was to be done later. */
  end(): void {
    this.known = undefined;
  }
}
