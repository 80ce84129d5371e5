import { EventsRetired } from './command.ts';
import type { ChainedEvent } from './event-log.ts';
import type { LaneStorage } from './storage.ts';

type Stored = Pick<LaneStorage, 'eventsAfter' | 'headOf' | 'sequenceAt'>;

/**
 * Stored events of a lane after a sequence, with their previous hashes.
 * @throws EventsRetired if some are missing
 */
export async function wholeEventsAfter(
  storage: Stored,
  lane: number,
  sequence: number,
  limit: number,
): Promise<readonly ChainedEvent[]> {
  // From the one before, to make sure of it: without it, the hash before the first is unknown.
  const before = sequence === 0 ? 0 : 1;
  const chained = await storage.eventsAfter(lane, sequence - before, limit + before);
  const isWhole =
    chained.length > before
      ? chained[0]!.event.sequence === sequence + 1 - before
      : (await storage.headOf(lane)).sequence <= sequence;
  if (!isWhole) throw new EventsRetired(`events after ${sequence} of lane ${lane} are`);
  return chained.slice(before);
}

/**
 * Sequence of a lane's last event at or before a time; 0 if there is none.
 * @throws EventsRetired if that is unknown
 */
export async function wholeSequenceAt(storage: Stored, lane: number, time: number): Promise<number> {
  const sequence = await storage.sequenceAt(lane, time);
  // Nothing so early is stored: was there nothing, or was it retired?
  if (sequence === 0) await wholeEventsAfter(storage, lane, 0, 1);
  return sequence;
}
