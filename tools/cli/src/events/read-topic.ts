import { eventOfMessage, MalformedMessage, type StoredEvent } from '@tokengrid/contracts';
import type { EventLog, LogRecord } from '@tokengrid/event-store';
import { readLaneRecords } from '@tokengrid/event-store';

/** Event of a record; `undefined` for a foreign message. */
export function eventIn(record: LogRecord): StoredEvent | undefined {
  try {
    return eventOfMessage(record).event;
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

/** Events of a lane from its first on, without repeats, filtered by `wanted` on their records. */
export async function* eventsOfLane(
  log: EventLog,
  topic: string,
  lane: number,
  wanted: (record: LogRecord) => boolean,
): AsyncGenerator<StoredEvent> {
  let sequence = 0;
  for await (const records of readLaneRecords(log, topic, lane, 0)) {
    for (const record of records) {
      if (!wanted(record)) continue;
      const event = eventIn(record);
      if (event === undefined || event.sequence <= sequence) continue;
      sequence = event.sequence;
      yield event;
    }
  }
}
