import { eventId, type StoredEvent } from '@tokengrid/contracts';
import { laneEventOf, type LogRecord } from '@tokengrid/event-store';

/** Progress of a subscriber in a lane: the last event applied, and the next offset. */
export interface LaneMark {
  readonly sequence: number;
  readonly hash: string;
  /** Offset of the next record to read. A hint: sequences decide. */
  readonly offset: number;
}

/** A batch of records from the view of a subscriber at a mark. */
export interface Reading {
  /** Events to apply, in order, dense from the mark on. */
  readonly next: readonly { readonly event: StoredEvent; readonly offset: number }[];
  /** The mark after all of them. */
  readonly mark: LaneMark;
  /** Records that are not events of this lane, with the reasons. */
  readonly malformed: readonly { readonly offset: number; readonly reason: string }[];
  /** Number of skipped repeats. */
  readonly seen: number;
  /** Reason why nothing behind `next` can be applied, if any. */
  readonly broken?: { readonly kind: 'gap' | 'fork'; readonly reason: string } | undefined;
}

type LaneReading = ReturnType<typeof laneEventOf>;

/**
 * Parses a record and checks its hash once for all its subscribers: the result stays with the
 * record.
 */
function readOnce(service: string, lane: number, record: LogRecord & { readAs?: LaneReading }): LaneReading {
  return (record.readAs ??= laneEventOf(service, lane, record));
}

/**
 * Sorts records into next, seen and gap. A record whose hash does not match its content is ignored;
 * if the true one never comes, a gap results.
 */
export function readLane(service: string, lane: number, from: LaneMark, records: readonly LogRecord[]): Reading {
  const next: { event: StoredEvent; offset: number }[] = [];
  const malformed: { offset: number; reason: string }[] = [];
  let mark = from;
  let seen = 0;
  for (const record of records) {
    const read = readOnce(service, lane, record);
    if ('reason' in read) {
      malformed.push({ offset: record.offset, reason: read.reason });
      mark = { ...mark, offset: record.offset + 1 };
      continue;
    }
    const { event, previousHash } = read;
    if (event.sequence <= mark.sequence) {
      if (event.sequence === mark.sequence && event.hash !== mark.hash) {
        return {
          next,
          mark,
          malformed,
          seen,
          broken: { kind: 'fork', reason: `${eventId(event)} came again with another hash` },
        };
      }
      seen += 1;
      mark = { ...mark, offset: record.offset + 1 };
      continue;
    }
    if (event.sequence > mark.sequence + 1) {
      const reason = `${eventId(event)} came after sequence ${mark.sequence}: the events between are missing`;
      return { next, mark, malformed, seen, broken: { kind: 'gap', reason } };
    }
    if (previousHash !== mark.hash) {
      const reason = `${eventId(event)} does not follow the event read before it: its previous hash differs`;
      return { next, mark, malformed, seen, broken: { kind: 'fork', reason } };
    }
    next.push({ event, offset: record.offset });
    mark = { sequence: event.sequence, hash: event.hash, offset: record.offset + 1 };
  }
  return { next, mark, malformed, seen };
}
