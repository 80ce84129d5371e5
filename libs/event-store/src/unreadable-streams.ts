import { StreamUnreadable } from './command.ts';

/** Most streams that are remembered; that there are more is said. */
const mostRemembered = 100;

/** Streams that this process found to be unreadable, until it has read them. */
export class UnreadableStreams {
  private readonly failures = new Map<string, StreamUnreadable>();
  private isFull = false;

  /** @param tell told of every failure, and of a stream that is well again */
  constructor(private readonly tell: (streamId: string, failure: StreamUnreadable | undefined) => void) {}

  /** A stream was loaded, or could not be. */
  loaded(streamId: string, failure: Error | undefined): void {
    if (failure instanceof StreamUnreadable) {
      if (this.failures.size < mostRemembered) this.failures.set(streamId, failure);
      else this.isFull = true;
      this.tell(streamId, failure);
    } else if (this.failures.delete(streamId)) {
      this.isFull = false;
      this.tell(streamId, undefined);
    }
  }

  /** Who may read them is not known: what is wrong with an event stays in the log. */
  sentences(): readonly string[] {
    const sentences = [...this.failures.values()].map(({ streamId, at }) => `stream ${streamId} can't be read: ${at}`);
    return this.isFull ? [...sentences, 'there are more streams that can not be read'] : sentences;
  }
}
