import { type EventOf, instantOf, OfferRecovered, OfferTripped } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Offer } from '../state/offer.ts';

/** Health of an offer at a process of the gateway. */
export interface StateHealth {
  readonly modelId: string;
  readonly instance: string;
  /** Reason for which nothing is sent, and for how many milliseconds; absent: it recovered. */
  readonly tripped?: { readonly why: 'failing' | 'busy'; readonly forMs: number };
}

/** States that a process sends an offer nothing for a while, or requests again. */
export function stateHealth(
  _offer: Offer,
  { modelId, instance, tripped }: StateHealth,
  { time }: Pick<DecisionContext, 'time'>,
): readonly [EventOf<typeof OfferTripped | typeof OfferRecovered>] {
  if (!tripped) return [OfferRecovered({ modelId, instance })];
  const { why, forMs } = tripped;
  return [OfferTripped({ modelId, instance, why, until: instantOf(time + forMs) })];
}
