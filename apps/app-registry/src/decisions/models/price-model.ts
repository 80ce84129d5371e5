import { instantOf, ModelPriced, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { effectiveTime } from '../rules/effective-time.ts';
import { type Model, mostAnnounced, mostToCome, type ScheduledPrices } from '../state/model.ts';
import type { MeterPrice } from './offer-model.ts';
import type { Decided } from '../rules/decided.ts';

export interface PriceModel {
  readonly modelId: string;
  readonly prices: readonly MeterPrice[];
  /** Epoch milliseconds; now if absent or past. */
  readonly effectiveFrom: number | undefined;
}

/**
 * Posts a model's next prices in full. The earlier ones stay in force until then, and apply to uses
 * of their time for ever.
 */
export function priceModel(
  state: Model,
  { modelId, prices, effectiveFrom }: PriceModel,
  { time }: DecisionContext,
): Decided<'priceModel'> {
  if (state.status !== 'offered') return [ModelRefused({ modelId, code: 'NOT_FOUND' })];
  const { name, providerId, posted, scheduled, withdrawn } = state;
  const after = scheduled.at(-1)!.effectiveFrom;
  const from = effectiveTime({ wanted: effectiveFrom, after, now: time });
  if (from === undefined) {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.PRICES_TOO_EARLY', scheduledFor: instantOf(after) })];
  }
  const isToCome = (other: ScheduledPrices) => other.effectiveFrom > time;
  const announced = scheduled.filter(isToCome).length;
  if (announced >= mostAnnounced || announced + withdrawn.filter(isToCome).length >= mostToCome) {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.TOO_MANY_PRICES' })];
  }
  return [
    ModelPriced({
      modelId,
      name,
      providerId,
      prices: [...prices],
      priceVersion: posted + 1,
      effectiveFrom: instantOf(from),
    }),
  ];
}
