import { instantOf, ModelPriced, ModelRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { effectiveTime } from '../rules/effective-time.ts';
import { ifOffered, type OfOffer } from '../rules/offers.ts';
import { type Model, mostAnnounced, mostToCome, type ScheduledPrices } from '../state/model.ts';
import type { MeterPrice } from './offer-model.ts';
import type { Decided } from '../rules/decided.ts';

export interface PriceModel extends OfOffer {
  readonly prices: readonly MeterPrice[];
  /** The operator's share from then on; as before if absent. */
  readonly operatorBps?: number | undefined;
  /** Least share that the caller may state; a share that is not lower than before always may. */
  readonly minimumBps?: number;
  /** Epoch milliseconds; the earliest time if absent or earlier. */
  readonly effectiveFrom: number | undefined;
  /** Least time ahead. */
  readonly noticeMs?: number;
}

/**
 * Posts an offer's next prices in full, and the operator's share from then on. The earlier ones
 * stay in force until then, and apply to uses of their time for ever.
 */
export function priceModel(state: Model, command: PriceModel, { time }: DecisionContext): Decided<'priceModel'> {
  return ifOffered(['offered', 'suspended'], state, command, (offer) => {
    const { modelId, name, providerId, posted, scheduled, withdrawn } = offer;
    const { prices, effectiveFrom, minimumBps = 0, noticeMs = 0, operatorBps = offer.operatorBps } = command;
    if (operatorBps < minimumBps && operatorBps < offer.operatorBps) {
      return [ModelRefused({ modelId, code: 'APP_REGISTRY.SHARE_BELOW_MINIMUM', minimumBps })];
    }
    const after = scheduled.at(-1)!.effectiveFrom;
    const from = effectiveTime({ wanted: effectiveFrom, after, now: time, noticeMs });
    if (from === undefined) {
      return [ModelRefused({ modelId, code: 'APP_REGISTRY.PRICES_TOO_EARLY', scheduledFor: instantOf(after) })];
    }
    const isToCome = (other: ScheduledPrices) => other.effectiveFrom > time;
    const announced = scheduled.filter(isToCome).length;
    if (announced >= mostAnnounced || announced + withdrawn.filter(isToCome).length >= mostToCome) {
      return [ModelRefused({ modelId, code: 'APP_REGISTRY.TOO_MANY_PRICES' })];
    }
    const version = { priceVersion: posted + 1, effectiveFrom: instantOf(from) };
    return [ModelPriced({ modelId, name, providerId, prices: [...prices], operatorBps, ...version })];
  });
}
