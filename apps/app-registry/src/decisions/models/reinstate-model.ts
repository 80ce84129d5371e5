import { ModelReinstated } from '@tokengrid/contracts';
import { ifOffered, type OfOffer } from '../rules/offers.ts';
import type { Model } from '../state/model.ts';
import type { Decided } from '../rules/decided.ts';

/** Lifts an offer's suspension from now on. */
export function reinstateModel(state: Model, command: OfOffer): Decided<'reinstateModel'> {
  return ifOffered(['suspended'], state, command, ({ modelId, name, providerId }) => [
    ModelReinstated({ modelId, name, providerId }),
  ]);
}
