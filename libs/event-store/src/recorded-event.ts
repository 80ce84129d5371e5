import { eventId, type StoredEvent } from '@tokengrid/contracts';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';

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
