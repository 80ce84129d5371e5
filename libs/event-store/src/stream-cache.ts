import type { StoredEvent } from '@tokengrid/contracts';
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
  /**
   * In the order of use, the least recent first. A plain map: with the package `lru-cache`, the
   * garbage collector kept what the events of past batches had allocated, and copied it.
   */
  private readonly states = new Map<string, Cached>();

  /** @param most states that are kept */
  constructor(private readonly most: number) {}

  /** A read does not count as use; {@link set} does, at the end of a batch. */
  get(streamId: string): StreamState | undefined {
    return this.states.get(streamId)?.state;
  }

  /** @param fold folding of other processes' events in this stream */
  set(streamId: string, state: StreamState, fold: WantedStream['fold']): void {
    this.states.delete(streamId);
    this.states.set(streamId, { state, fold });
    if (this.states.size <= this.most) return;
    // An eighth at once: a map passes over all that was deleted before its first key.
    const kept = this.most - (this.most >> 3);
    for (const oldest of this.states.keys()) {
      this.states.delete(oldest);
      if (this.states.size <= kept) return;
    }
  }

  /**
   * Applies events that another process has stored, in the lane's order. Uncached streams stay
   * uncached.
   */
  follow(events: readonly StoredEvent[]): void {
    for (const [streamId, own] of Map.groupBy(events, (event) => event.streamId)) {
      const cached = this.states.get(streamId);
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
