import type { AppRegistryEvent } from '@tokengrid/contracts';
import { instantOf, ModelPriced, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { effectiveTime } from '../rules/effective-time.ts';
import { type Model, mostAnnounced, mostToCome, type ScheduledPrices } from '../state/model.ts';
import type { MeterPrice } from './offer-model.ts';

export interface PriceModel {
  readonly modelId: string;
  readonly prices: readonly MeterPrice[];
  /** Epoch milliseconds; now, where nothing or a time that has passed is said. */
  readonly effectiveFrom: number | undefined;
}

/** Posts a model's next prices, all of them. Those before stay in force until then, and are what uses until then cost for ever. */
export function priceModel(
  state: Model,
  { modelId, prices, effectiveFrom }: PriceModel,
  { time }: DecisionContext,
): readonly AppRegistryEvent[] {
  if (state.status !== 'offered')
    return [ModelRefused({ modelId, code: 'NOT_FOUND', detail: 'there is no such model' })];
  const { name, providerId, posted, scheduled, withdrawn } = state;
  const after = scheduled.at(-1)!.effectiveFrom;
  const from = effectiveTime({ wanted: effectiveFrom, after, now: time });
  if (from === undefined) {
    const detail = `prices take effect at ${instantOf(after)}; these have to follow them`;
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.PRICES_TOO_EARLY', detail })];
  }
  const isToCome = (other: ScheduledPrices) => other.effectiveFrom > time;
  const announced = scheduled.filter(isToCome).length;
  const tooMany = (detail: string) => [ModelRefused({ modelId, code: 'APP_REGISTRY.TOO_MANY_PRICES', detail })];
  if (announced >= mostAnnounced) return tooMany(`${mostAnnounced} prices are still to take effect`);
  if (announced + withdrawn.filter(isToCome).length >= mostToCome) {
    return tooMany(`the time of ${mostToCome} prices is still to come, with those that were withdrawn`);
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
