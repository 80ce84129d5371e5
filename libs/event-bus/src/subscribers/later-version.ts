import { type StoredEvent, UnreadableEvent } from '@tokengrid/contracts';

/**
 * An event of a version that its owner has begun to publish before this service knows it, as in a rolling deploy. Its lane waits for the
 * newer release: parked, every such event would have to be replayed by hand.
 */
export class LaterVersion extends UnreadableEvent {
  constructor(event: StoredEvent, known: number) {
    super(`${event.type}: version ${event.version} is later than ${known}, the last known here`);
  }
}
