import {
  type Catalogue,
  eventId,
  EventSkipped,
  readData,
  type StoredEvent,
  UnreadableEvent,
} from '@tokengrid/contracts';
import type { EventSkippedData } from '@tokengrid/contracts';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import { StreamUnreadable } from './command.ts';
import type { FoundStream, StreamState, WantedStream } from './storage.ts';

/** Folding rule for a stream of this kind. */
export function wantedStream(
  streamId: string,
  aggregate: Aggregate<unknown, DomainEvent>,
  catalogue: Catalogue,
): WantedStream {
  const { stateVersion } = aggregate;
  return {
    streamId,
    stateVersion,
    fold: (stored, events, skipped) => {
      const storedRevision = stored?.revision ?? 0;
      let state = stored ? stored.state : aggregate.initial;
      for (const event of events) state = foldOne(aggregate, catalogue, state, event, skipped);
      return { revision: events.at(-1)?.revision ?? storedRevision, state, storedRevision };
    },
  };
}

function foldOne(
  aggregate: Aggregate<unknown, DomainEvent>,
  catalogue: Catalogue,
  state: unknown,
  event: StoredEvent,
  skipped: ReadonlySet<number> | undefined,
): unknown {
  try {
    return aggregate.evolve(state, { type: event.type, data: readData(catalogue, event) });
  } catch (error) {
    if (error instanceof UnreadableEvent && skipped?.has(event.sequence)) return state;
    throw new StreamUnreadable(event.streamId, `${eventId(event)} ${event.type}`, error as Error);
  }
}

/**
 * Folds a stream. The operator's skips are loaded only if an event is unreadable.
 * @param skipped sequences of the lane's skipped events
 */
export async function foldStream(
  { fold }: WantedStream,
  stored: Pick<StreamState, 'revision' | 'state'> | undefined,
  events: readonly StoredEvent[],
  skipped: (lane: number) => Promise<ReadonlySet<number>>,
): Promise<FoundStream> {
  try {
    return fold(stored, events);
  } catch (error) {
    if (!(error instanceof StreamUnreadable)) return error as Error;
  }
  const passedOver = await skipped(events[0]!.lane);
  try {
    return fold(stored, events, passedOver);
  } catch (error) {
    return error as Error;
  }
}

/** Data of a skip; `undefined` for any other event, or for an unreadable one. */
export function skippedBy(event: Pick<StoredEvent, 'type' | 'version' | 'value'>): EventSkippedData | undefined {
  if (event.type !== EventSkipped.type) return undefined;
  try {
    return readData({ service: '', events: {} }, event) as EventSkippedData;
  } catch (error) {
    if (error instanceof UnreadableEvent) return undefined;
    throw error;
  }
}

/** Sequences that a lane's skipped stream lists. */
export function skippedSequences(events: readonly StoredEvent[]): ReadonlySet<number> {
  return new Set(events.flatMap((event) => skippedBy(event)?.sequence ?? []));
}
