import { instantOf, ModelOffered, ModelRefused, ModelSubmitted } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Model, Submission } from '../state/model.ts';
import type { Decided } from '../rules/decided.ts';

/** Price of a meter: µAIT per unit, a decimal string. */
export interface MeterPrice {
  readonly meter: string;
  readonly unitPrice: string;
}

export interface OfferModel extends Submission {
  /** Minimum share of the operator without its approval. */
  readonly minimumBps: number;
  /** Model that the name looks like, if it was refused for that. */
  readonly takenName: string | undefined;
}

/**
 * Offers a provider's model at prices in force from now on, or, if its share for the operator is
 * below the minimum, once the operator approves it.
 */
export function offerModel(
  state: Model,
  { takenName, minimumBps, ...offer }: OfferModel,
  { time }: DecisionContext,
): Decided<'offerModel'> {
  const { modelId, operatorBps } = offer;
  if (takenName !== undefined) {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_NAME_CONFUSABLE', takenName })];
  }
  if (state.status !== 'none') return [ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_EXISTS' })];
  if (operatorBps < minimumBps) return [ModelSubmitted(offer)];
  return [ModelOffered({ ...offer, priceVersion: 1, effectiveFrom: instantOf(time) })];
}
