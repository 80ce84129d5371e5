import { type Catalogue, eventId, readData, type StoredEvent, UnreadableEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { StreamUnreadable } from './command.ts';

/** An event as projections, answers and policies read it. */
export function recordedEvent(event: StoredEvent, data: unknown): Recorded<DomainEvent> {
  return {
    type: event.type,
    data,
    id: eventId(event),
    service: event.service,
    lane: event.lane,
    sequence: event.sequence,
    streamId: event.streamId,
    revision: event.revision,
    time: event.time,
    commandId: event.commandId,
    causationId: event.causationId,
    correlationId: event.correlationId,
  };
}

/** Reads an event of the service's own. @param tell of one that can't be read @throws StreamUnreadable */
export function readRecorded(
  catalogue: Catalogue,
  event: StoredEvent,
  tell?: (streamId: string, failure: StreamUnreadable) => void,
): Recorded<DomainEvent> {
  try {
    return recordedEvent(event, readData(catalogue, event));
  } catch (error) {
    if (!(error instanceof UnreadableEvent)) throw error;
    const failure = new StreamUnreadable(event.streamId, `${eventId(event)} ${event.type}`, error);
    tell?.(event.streamId, failure);
    throw failure;
  }
}
