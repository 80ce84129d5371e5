import { ModelRejected } from '@tokengrid/contracts';
import { ifPending, type OfOffer } from '../rules/offers.ts';
import type { Model } from '../state/model.ts';
import type { Decided } from '../rules/decided.ts';

export interface RejectModel extends OfOffer {
  readonly reasons: readonly string[];
}

/** Rejects an offer that waits for the operator, with reasons. */
export function rejectModel(state: Model, command: RejectModel): Decided<'rejectModel'> {
  return ifPending(state, command, ({ modelId, name, providerId }) => [
    ModelRejected({ modelId, name, providerId, reasons: [...command.reasons] }),
  ]);
}
