import { eventId, eventOfMessage, hashOf, MalformedMessage, type StoredEvent } from '@tokengrid/contracts';
import type { LogRecord } from './event-log.ts';

/** An event in a record of its lane. */
export interface LaneEvent {
  readonly event: StoredEvent;
  readonly previousHash: string;
}

/** A record that every reader of the lane skips, with the reason. */
export interface NoLaneEvent {
  readonly reason: string;
  /** Claimed sequence, if the hash does not match the content: damaged, or forged. */
  readonly claims?: number;
}

/**
 * Parses a record of a lane. A message without our seal, an event of another lane, and an event
 * with a false hash are not events of it.
 */
export function laneEventOf(service: string, lane: number, record: LogRecord): LaneEvent | NoLaneEvent {
  if (record.isForeign) return { reason: 'it lacks our seal' };
  try {
    const read = eventOfMessage(record);
    const { event, previousHash } = read;
    if (event.service !== service || event.lane !== lane) return { reason: `${eventId(event)} does not belong here` };
    if (hashOf(event, previousHash) === event.hash) return read;
    return { reason: 'its hash does not match its content', claims: event.sequence };
  } catch (error) {
    if (error instanceof MalformedMessage) return { reason: error.message };
    throw error;
  }
}
