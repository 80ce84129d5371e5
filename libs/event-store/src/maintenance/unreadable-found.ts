import { eventId, readData, type StoredEvent, UnreadableEvent } from '@tokengrid/contracts';
import type { Catalogue } from '@tokengrid/contracts';
import { skippedBy } from '../fold-stream.ts';

/** An event that a maintenance command could not read. */
export interface UnreadableFound {
  readonly lane: number;
  readonly sequence: number;
  /** `<service>/<lane>/<sequence>` */
  readonly id: string;
  readonly streamId: string;
  readonly type: string;
  readonly reason: string;
  /** Why the operator has it skipped; absent where it is not. */
  readonly skippedBecause?: string;
}

/** Reads a lane's events one after the other, and remembers those that can't be read, and those that are skipped. */
export class UnreadableInLane {
  private readonly unreadable: UnreadableFound[] = [];
  private readonly because = new Map<number, string>();

  constructor(private readonly catalogue: Catalogue) {}

  /** To be told of each event, in order, whatever is read of it: it may say that another one is skipped. */
  pass(event: StoredEvent): void {
    const skipped = skippedBy(event);
    if (skipped) this.because.set(skipped.sequence, skipped.because);
  }

  /** An event's data; `undefined` where it can't be read. */
  data(event: StoredEvent): unknown {
    try {
      return readData(this.catalogue, event);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      const { lane, sequence, streamId, type } = event;
      this.unreadable.push({ lane, sequence, id: eventId(event), streamId, type, reason: error.message });
      return undefined;
    }
  }

  /** All that could not be read, once the lane was passed to its end. */
  found(): readonly UnreadableFound[] {
    return this.unreadable.map((found) => {
      const skippedBecause = this.because.get(found.sequence);
      return skippedBecause === undefined ? found : { ...found, skippedBecause };
    });
  }
}
