import { type Catalogue, eventId, readData, type StoredEvent, UnreadableEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { StreamUnreadable } from './command.ts';

/** An event in the form of projections, answers and policies. */
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
    actor: event.actor,
  };
}

/** Decodes an own event. @param tell called for an unreadable one @throws StreamUnreadable */
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
