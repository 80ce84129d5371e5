import type { EventsOf, GatewayEvent, offerEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** State of an offer at the edge: what is stated of it depends on nothing before. */
export type Offer = null;

/** The stream of an offer at the edge, `offer-<modelId>`. */
export const offer: Aggregate<Offer, GatewayEvent> = {
  name: 'offer',
  stateVersion: 1,
  initial: null,
  evolve: (state: Offer, _event: EventsOf<typeof offerEvents>): Offer => state,
};

/** Id of an offer's stream. */
export function offerStreamOf(modelId: string): string {
  return `offer-${modelId}`;
}
