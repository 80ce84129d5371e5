import { ModelSuspended } from '@tokengrid/contracts';
import { ifOffered, type OfOffer } from '../rules/offers.ts';
import type { Model } from '../state/model.ts';
import type { Decided } from '../rules/decided.ts';

/** Suspends an offer by the operator: what is used of it from now on is not charged. */
export function suspendModel(state: Model, command: OfOffer): Decided<'suspendModel'> {
  return ifOffered(['offered'], state, command, ({ modelId, name, providerId }) => [
    ModelSuspended({ modelId, name, providerId }),
  ]);
}
