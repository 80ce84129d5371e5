import type { AppRegistryEvent } from '@tokengrid/contracts';
import { ModelPriceWithdrawn, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Model, ScheduledPrices } from '../state/model.ts';

export interface WithdrawModelPrice {
  readonly modelId: string;
  readonly priceVersion: number;
}

/**
 * Takes back prices that were announced. Refused, in this order, where there are none, where they were withdrawn before their time, and,
 * withdrawn or not, from that time on: something may have been used at them.
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
  const isToCome = (prices: ScheduledPrices) => prices.priceVersion === priceVersion && prices.effectiveFrom > time;
  if (withdrawn.some(isToCome)) {
    return refused('APP_REGISTRY.PRICE_WITHDRAWN', `price version ${priceVersion} was withdrawn before`);
  }
  if (!scheduled.some(isToCome)) {
    return refused('APP_REGISTRY.PRICE_IN_FORCE', `the time of price version ${priceVersion} has come`);
  }
  return [ModelPriceWithdrawn({ modelId, name, providerId, priceVersion })];
}
