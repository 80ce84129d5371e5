import { ModelWithdrawn } from '@tokengrid/contracts';
import { ifOffered, type OfOffer } from '../rules/offers.ts';
import type { Model } from '../state/model.ts';
import type { Decided } from '../rules/decided.ts';

/** Withdraws an offer for good. What was used before is charged by its prices. */
export function withdrawModel(state: Model, command: OfOffer): Decided<'withdrawModel'> {
  return ifOffered(['offered', 'suspended'], state, command, ({ modelId, name, providerId }) => [
    ModelWithdrawn({ modelId, name, providerId }),
  ]);
}
