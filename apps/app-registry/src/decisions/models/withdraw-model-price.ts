import { ModelPriceWithdrawn, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { type Model, type ScheduledPrices, wasOffered } from '../state/model.ts';
import type { Decided } from '../rules/decided.ts';

export interface WithdrawModelPrice {
  readonly modelId: string;
  readonly priceVersion: number;
}

/**
 * Withdraws an offer's announced prices. Refused, in this order: without such prices, if they were
 * withdrawn before their time, and from their time on, withdrawn or not, since something may have
 * been used at them.
 */
export function withdrawModelPrice(
  state: Model,
  { modelId, priceVersion }: WithdrawModelPrice,
  { time }: DecisionContext,
): Decided<'withdrawModelPrice'> {
  if (!wasOffered(state)) return [ModelRefused({ modelId, code: 'NOT_FOUND' })];
  const { name, providerId, posted, scheduled, withdrawn } = state;
  if (priceVersion > posted) return [ModelRefused({ modelId, code: 'NOT_FOUND', priceVersion })];
  const isToCome = (prices: ScheduledPrices) => prices.priceVersion === priceVersion && prices.effectiveFrom > time;
  if (withdrawn.some(isToCome)) {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.PRICE_WITHDRAWN', priceVersion })];
  }
  if (!scheduled.some(isToCome)) {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.PRICE_IN_FORCE', priceVersion })];
  }
  return [ModelPriceWithdrawn({ modelId, name, providerId, priceVersion })];
}
