import type { StreamState } from './storage.ts';

/** States of one lane's streams, the most recently used up to a bound. True only under the lane's lock, at the head it was filled at. */
export class StreamCache {
  private readonly states = new Map<string, StreamState>();

  constructor(private readonly most: number) {}

  get(streamId: string): StreamState | undefined {
    return this.states.get(streamId);
  }

  set(streamId: string, state: StreamState): void {
    // A Map keeps the order of insertion: taken out and put in again, the least recently used comes first.
    this.states.delete(streamId);
    this.states.set(streamId, state);
    if (this.states.size <= this.most) return;
    for (const oldest of this.states.keys()) {
      this.states.delete(oldest);
      break;
    }
  }

  delete(streamId: string): void {
    this.states.delete(streamId);
  }

  clear(): void {
    this.states.clear();
  }
}
