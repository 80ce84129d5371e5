import { decodeData, type EventOf, WalletCharged, type WalletEvent } from '@tokengrid/contracts';
import type { EventStore } from '@tokengrid/event-store';

/**
 * What the event of a lane at a sequence charged, refused and gave back; undefined for another
 * event.
 * @throws EventsRetired
 */
export async function chargesAt(
  store: Pick<EventStore<WalletEvent>, 'eventsAfter'>,
  lane: number,
  sequence: number,
): Promise<EventOf<typeof WalletCharged>['data'] | undefined> {
  const [found] = await store.eventsAfter(lane, sequence - 1, 1);
  if (found?.event.sequence !== sequence || found.event.type !== WalletCharged.type) return undefined;
  const { version, value } = found.event;
  return decodeData(WalletCharged, version, value);
}
