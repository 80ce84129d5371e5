import { instantOf, ModelOffered, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Model } from '../state/model.ts';
import type { Reservation } from '../rules/reservations.ts';
import { lapsed, nameRefusal } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

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
  readonly reservation: Reservation<'model'>;
}

/** Puts a provider's model on offer, at prices that are in force from now on. */
export function offerModel(
  state: Model,
  { reservation, minimumBps, ...offer }: OfferModel,
  { time }: DecisionContext,
): Decided<'offerModel'> {
  const { modelId, operatorBps, prices } = offer;
  const refusal = nameRefusal(reservation);
  if (refusal) return [ModelRefused({ modelId, ...refusal })];
  if (state.status === 'refused') return [ModelRefused({ modelId, ...lapsed })];
  if (state.status === 'offered') return [ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_EXISTS' })];
  if (operatorBps < minimumBps) {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.SHARE_BELOW_MINIMUM', minimumBps })];
  }
  return [ModelOffered({ ...offer, prices: [...prices], priceVersion: 1, effectiveFrom: instantOf(time) })];
}
