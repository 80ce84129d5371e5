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
  /** Reason of the operator's skip; absent if it is not skipped. */
  readonly skippedBecause?: string;
}

/** Reads a lane's events in order, and collects the unreadable and the skipped ones. */
export class UnreadableInLane {
  private readonly unreadable: UnreadableFound[] = [];
  private readonly because = new Map<number, string>();

  constructor(private readonly catalogue: Catalogue) {}

  /** Passes each event, in order, whether it is read or not: it may skip another one. */
  pass(event: StoredEvent): void {
    const skipped = skippedBy(event);
    if (skipped) this.because.set(skipped.sequence, skipped.because);
  }

  /** Data of an event; `undefined` if it is unreadable. */
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

  /** All unreadable events, after the last event was passed. */
  found(): readonly UnreadableFound[] {
    return this.unreadable.map((found) => {
      const skippedBecause = this.because.get(found.sequence);
      return skippedBecause === undefined ? found : { ...found, skippedBecause };
    });
  }
}
