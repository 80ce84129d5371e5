import type { AppRegistryEvent } from '@tokengrid/contracts';
import { instantOf, ModelOffered, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Model } from '../state/model.ts';
import type { Reservation } from '../rules/reservations.ts';
import { lapsed, nameRefusal } from '../rules/reservations.ts';

/** What a meter costs: µAIT per unit, a decimal string. */
export interface MeterPrice {
  readonly meter: string;
  readonly unitPrice: string;
}

export interface OfferModel {
  readonly modelId: string;
  readonly name: string;
  readonly providerId: string;
  readonly endpoint: string;
  readonly region: string;
  readonly prices: readonly MeterPrice[];
  /** The operator's share of what the model earns. */
  readonly operatorBps: number;
  /** The least that the operator takes without being asked. */
  readonly minimumBps: number;
  /** What the name's stream said. */
  readonly reservation: Reservation;
}

/** Puts a provider's model on offer, at prices that are in force from now on. */
export function offerModel(
  state: Model,
  { reservation, minimumBps, ...offer }: OfferModel,
  { time }: DecisionContext,
): readonly AppRegistryEvent[] {
  const { modelId, operatorBps, prices } = offer;
  const refused = (code: string, detail: string) => [ModelRefused({ modelId, code, detail })];
  const refusal = nameRefusal(reservation);
  if (refusal) return refused(refusal.code, refusal.detail);
  if (state.status === 'refused') return refused(lapsed.code, lapsed.detail);
  if (state.status === 'offered') return refused('APP_REGISTRY.MODEL_EXISTS', 'the model is on offer already');
  if (operatorBps < minimumBps) {
    return refused(
      'APP_REGISTRY.SHARE_BELOW_MINIMUM',
      `operatorBps has to be at least ${minimumBps} without the operator's approval`,
    );
  }
  return [ModelOffered({ ...offer, prices: [...prices], priceVersion: 1, effectiveFrom: instantOf(time) })];
}
