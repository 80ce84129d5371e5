import type { AppRegistryEvent } from '@tokengrid/contracts';
import { ModelPriceWithdrawn, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Model } from './model.ts';

export interface WithdrawModelPrice {
  readonly modelId: string;
  readonly priceVersion: number;
}

/**
 * Takes back prices that were announced. Refused, in this order, where there are none, where they were withdrawn before, and where their
 * time has come: something may have been used at them.
 */
export function withdrawModelPrice(
  state: Model,
  { modelId, priceVersion }: WithdrawModelPrice,
  { time }: DecisionContext,
): readonly AppRegistryEvent[] {
  const refused = (code: string, detail: string) => [ModelRefused({ modelId, code, detail })];
  if (state.status !== 'offered') return refused('NOT_FOUND', 'there is no such model');
  const { name, providerId, posted, scheduled, withdrawn } = state;
  if (priceVersion > posted) return refused('NOT_FOUND', `the model has no price version ${priceVersion}`);
  if (withdrawn.includes(priceVersion)) {
    return refused('MODEL.PRICE_WITHDRAWN', `price version ${priceVersion} was withdrawn before`);
  }
  const announced = scheduled.some((prices) => prices.priceVersion === priceVersion && prices.effectiveFrom > time);
  if (!announced) return refused('MODEL.PRICE_IN_FORCE', `price version ${priceVersion} is in force, or was`);
  return [ModelPriceWithdrawn({ modelId, name, providerId, priceVersion })];
}
