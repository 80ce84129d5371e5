import { type EventLog, laneEventOf, OffsetOutOfRange, skippedBy } from '@tokengrid/event-store';
import type { Catalogue } from '@tokengrid/contracts';

const readOptions = { maxBytes: 1024 * 1024, maxWaitMs: 500 } as const;

/** Skips found in a lane so far. */
interface Scanned {
  readonly sequences: Set<number>;
  readonly from: number;
  /** Offset of the next record to scan. */
  next: number;
}

/**
 * Skips decided by the operator. They stand in the event's own lane, behind the event, so a blocked
 * reader scans ahead. Scanned records are not scanned again.
 */
export class SkippedAhead {
  private readonly lanes = new Map<number, Scanned>();

  constructor(
    private readonly log: EventLog,
    private readonly catalogue: Pick<Catalogue, 'service' | 'topic'>,
  ) {}

  /** True if an event is skipped. @throws LogUnavailable */
  async has(lane: number, sequence: number): Promise<boolean> {
    // Sequences count from 1 without gaps, so an event's offset is at least its sequence less one.
    const from = sequence - 1;
    const { first, next: end } = await this.log.offsetsOf(this.catalogue.topic, lane);
    let scanned = this.lanes.get(lane);
    // A recreated topic is shorter than the scanned range.
    if (!scanned || scanned.from > from || scanned.next > end) {
      scanned = { sequences: new Set(), from, next: from };
      this.lanes.set(lane, scanned);
    }
    scanned.next = Math.max(first, scanned.next);
    while (scanned.next < end && (await this.scan(lane, scanned)));
    return scanned.sequences.has(sequence);
  }

  /** @returns whether there were any records */
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
