import { instantOf, ModelOffered, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Model } from '../state/model.ts';
import type { Reservation } from '../rules/reservations.ts';
import { lapsed, nameRefusal } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

/** Price of a meter: µAIT per unit, a decimal string. */
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
  /** Operator's share of the model's earnings. */
  readonly operatorBps: number;
  /** Minimum share of the operator without its approval. */
  readonly minimumBps: number;
  /** Result of reserving the name. */
  readonly reservation: Reservation<'model'>;
}

/** Offers a provider's model at prices in force from now on. */
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
