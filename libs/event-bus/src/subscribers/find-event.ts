import type { Catalogue, StoredEvent } from '@tokengrid/contracts';
import { type EventLog, laneEventOf, type LogRecord, OffsetOutOfRange } from '@tokengrid/event-store';

const readOptions = { maxBytes: 1024 * 1024, maxWaitMs: 500 } as const;

/** A lane of any service's topic. */
export interface ReadableLane {
  readonly log: EventLog;
  readonly catalogue: Pick<Catalogue, 'service' | 'topic'>;
  readonly lane: number;
}

/**
 * An event of a lane by its sequence; `undefined` if the topic lacks it. The stored offset is only
 * a hint: the topic may have been recreated. Sequences count from 1 without gaps, so an event's
 * offset is at least its sequence less one.
 * @throws LogUnavailable
 */
export async function findEvent(from: ReadableLane, sequence: number, hint: number): Promise<StoredEvent | undefined> {
  const [record] = await recordsAt(from, hint);
  return (record && eventIn(from, sequence, [record])) ?? searchFrom(from, sequence, sequence - 1);
}

async function searchFrom(from: ReadableLane, sequence: number, start: number): Promise<StoredEvent | undefined> {
  const { first, next: end } = await from.log.offsetsOf(from.catalogue.topic, from.lane);
  for (let offset = Math.max(first, start); offset < end;) {
    const records = await recordsAt(from, offset);
    const found = eventIn(from, sequence, records);
    if (found || records.length === 0) return found;
    offset = records.at(-1)!.offset + 1;
  }
  return undefined;
}

async function recordsAt({ log, catalogue, lane }: ReadableLane, offset: number): Promise<readonly LogRecord[]> {
  try {
    return await log.read(catalogue.topic, lane, offset, readOptions);
  } catch (error) {
    if (error instanceof OffsetOutOfRange) return [];
    throw error;
  }
}

function eventIn(
  { catalogue, lane }: ReadableLane,
  sequence: number,
  records: readonly LogRecord[],
): StoredEvent | undefined {
  for (const record of records) {
    const read = laneEventOf(catalogue.service, lane, record);
    if ('event' in read && read.event.sequence === sequence) return read.event;
  }
  return undefined;
}
