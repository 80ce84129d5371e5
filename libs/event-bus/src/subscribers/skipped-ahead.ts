import { type EventLog, laneEventOf, OffsetOutOfRange, skippedBy } from '@tokengrid/event-store';
import type { Catalogue } from '@tokengrid/contracts';

const readOptions = { maxBytes: 1024 * 1024, maxWaitMs: 500 } as const;

/** What was found in a lane so far. */
interface Scanned {
  readonly sequences: Set<number>;
  readonly from: number;
  /** Offset of the next record to look at. */
  next: number;
}

/**
 * What the operator has decided to skip. That is said in the event's own lane, behind the event: a reader that can't get past it looks
 * ahead. What was looked at once is not looked at again.
 */
export class SkippedAhead {
  private readonly lanes = new Map<number, Scanned>();

  constructor(
    private readonly log: EventLog,
    private readonly catalogue: Pick<Catalogue, 'service' | 'topic'>,
  ) {}

  /** Whether an event is skipped. @throws LogUnavailable */
  async has(lane: number, sequence: number): Promise<boolean> {
    // Sequences count from 1 without a gap, so no event stands before the offset that is its sequence less one.
    const from = sequence - 1;
    const { first, next: end } = await this.log.offsetsOf(this.catalogue.topic, lane);
    let scanned = this.lanes.get(lane);
    // A topic that was made anew is shorter than what was looked at.
    if (!scanned || scanned.from > from || scanned.next > end) {
      scanned = { sequences: new Set(), from, next: from };
      this.lanes.set(lane, scanned);
    }
    scanned.next = Math.max(first, scanned.next);
    while (scanned.next < end && (await this.scan(lane, scanned)));
    return scanned.sequences.has(sequence);
  }

  /** @returns whether there was anything */
  private async scan(lane: number, scanned: Scanned): Promise<boolean> {
    const { service, topic } = this.catalogue;
    try {
      const records = await this.log.read(topic, lane, scanned.next, readOptions);
      for (const record of records) {
        scanned.next = record.offset + 1;
        const read = laneEventOf(service, lane, record);
        const skipped = 'event' in read ? skippedBy(read.event) : undefined;
        if (skipped) scanned.sequences.add(skipped.sequence);
      }
      return records.length > 0;
    } catch (error) {
      if (error instanceof OffsetOutOfRange) return false;
      throw error;
    }
  }
}
