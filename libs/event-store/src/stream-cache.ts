import type { StoredEvent } from '@tokengrid/contracts';
import { LRUCache } from 'lru-cache';
import type { StreamState, WantedStream } from './storage.ts';

interface Cached {
  readonly state: StreamState;
  readonly fold: WantedStream['fold'];
}

/**
 * States of one lane's streams, the most recently used up to a bound. Valid only under the lane's
 * lock, at the head it was filled at.
 */
export class StreamCache {
  private readonly states: LRUCache<string, Cached>;

  /** @param most states that are kept */
  constructor(most: number) {
    this.states = new LRUCache({ max: most });
  }

  /** A read does not count as use; {@link set} does, at the end of a batch. */
  get(streamId: string): StreamState | undefined {
    return this.states.peek(streamId)?.state;
  }

  /** @param fold folding of other processes' events in this stream */
  set(streamId: string, state: StreamState, fold: WantedStream['fold']): void {
    this.states.set(streamId, { state, fold });
  }

  /**
   * Applies events that another process has stored, in the lane's order. Uncached streams stay
   * uncached.
   */
  follow(events: readonly StoredEvent[]): void {
    for (const [streamId, own] of Map.groupBy(events, (event) => event.streamId)) {
      const cached = this.states.peek(streamId);
      if (!cached) continue;
      const { state, fold } = cached;
      const { revision, storedRevision } = state;
      try {
        if (own[0]!.revision !== revision + 1)
          throw new Error(`${streamId} is not at the revision before its next event`);
        this.states.set(streamId, { state: { ...fold(state, own), storedRevision }, fold });
      } catch {
        // A newer release may write events that this process can't read: only users of this stream
        // fail, when it is loaded.
        this.states.delete(streamId);
      }
    }
  }

  clear(): void {
    this.states.clear();
  }
}
