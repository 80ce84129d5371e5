import { eventId, type StoredEvent } from '@tokengrid/contracts';
import { laneEventOf, type LogRecord } from '@tokengrid/event-store';

/** How far a subscriber has come in a lane: the last event applied, and where to read on. */
export interface LaneMark {
  readonly sequence: number;
  readonly hash: string;
  /** Offset of the next record to read. A hint: sequences decide. */
  readonly offset: number;
}

/** What a batch of records means to a subscriber that stands at a mark. */
export interface Reading {
  /** Events to apply, in order, dense from the mark on. */
  readonly next: readonly { readonly event: StoredEvent; readonly offset: number }[];
  /** The mark after all of them. */
  readonly mark: LaneMark;
  /** Records that are no events of this lane: what is wrong with each. */
  readonly malformed: readonly { readonly offset: number; readonly reason: string }[];
  /** Repeats passed over. */
  readonly seen: number;
  /** Why nothing behind `next` can be applied, if so. */
  readonly broken?: { readonly kind: 'gap' | 'fork'; readonly reason: string } | undefined;
}

type LaneReading = ReturnType<typeof laneEventOf>;

/** A record that several subscribers are given is read, and its hash checked, once for all of them: what it was read as stays with it. */
function readOnce(service: string, lane: number, record: LogRecord & { readAs?: LaneReading }): LaneReading {
  return (record.readAs ??= laneEventOf(service, lane, record));
}

/**
 * Sorts records into next, seen and gap. A record whose hash does not fit its content is nobody's event: it is passed over, and if the
 * true one never comes, the gap shows.
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
      const reason = `${eventId(event)} came after sequence ${mark.sequence}: what is between is missing`;
      return { next, mark, malformed, seen, broken: { kind: 'gap', reason } };
    }
    if (previousHash !== mark.hash) {
      const reason = `${eventId(event)} does not follow what was read before it: its previous hash is another one`;
      return { next, mark, malformed, seen, broken: { kind: 'fork', reason } };
    }
    next.push({ event, offset: record.offset });
    mark = { sequence: event.sequence, hash: event.hash, offset: record.offset + 1 };
  }
  return { next, mark, malformed, seen };
}
