import { eventId, eventOfMessage, hashOf, MalformedMessage, type StoredEvent } from '@tokengrid/contracts';
import type { LogRecord } from './event-log.ts';

/** An event as a record of its lane carries it. */
export interface LaneEvent {
  readonly event: StoredEvent;
  readonly previousHash: string;
}

/** A record that every reader of the lane passes over, and why. */
export interface NoLaneEvent {
  readonly reason: string;
  /** The sequence that it claims, where its hash does not fit its content: damaged, or forged. */
  readonly claims?: number;
}

/** Reads a record of a lane. A message without our seal, another lane's event, and one whose hash is not true are no events of it. */
export function laneEventOf(service: string, lane: number, record: LogRecord): LaneEvent | NoLaneEvent {
  if (record.isForeign) return { reason: 'it has no seal of ours' };
  try {
    const read = eventOfMessage(record);
    const { event, previousHash } = read;
    if (event.service !== service || event.lane !== lane) return { reason: `${eventId(event)} does not belong here` };
    if (hashOf(event, previousHash) === event.hash) return read;
    return { reason: 'its hash does not fit its content', claims: event.sequence };
  } catch (error) {
    if (error instanceof MalformedMessage) return { reason: error.message };
    throw error;
  }
}
