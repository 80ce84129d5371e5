import { ModelRefused } from '@tokengrid/contracts';
import type { Model } from '../state/model.ts';
import { lapsed } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

export interface GiveUpModel {
  readonly modelId: string;
}

/**
 * Gives up a model that reserved a name and got no further, so that another model may have the
 * name: it can't be offered any more. This model's own stream decides between the two, not a clock.
 */
export function giveUpModel(state: Model, { modelId }: GiveUpModel): Decided<'giveUpModel'> {
  if (state.status === 'offered') {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_EXISTS' })];
  }
  return [ModelRefused({ modelId, ...lapsed })];
}
