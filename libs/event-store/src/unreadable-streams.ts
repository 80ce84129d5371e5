import { StreamUnreadable } from './command.ts';

/** Maximum number of remembered streams; the existence of more is reported. */
const mostRemembered = 100;

/** Streams that this process could not read, until it has read them. */
export class UnreadableStreams {
  private readonly failures = new Map<string, StreamUnreadable>();
  private isFull = false;

  /** @param tell called for every failure, and for a stream that is readable again */
  constructor(private readonly tell: (streamId: string, failure: StreamUnreadable | undefined) => void) {}

  /** Records the result of loading a stream. */
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

  /** Sentences without the event's fault, which stays in the log: their readers are unknown. */
  sentences(): readonly string[] {
    const sentences = [...this.failures.values()].map(({ streamId, at }) => `stream ${streamId} is unreadable: ${at}`);
    return this.isFull ? [...sentences, 'there are more unreadable streams'] : sentences;
  }
}
