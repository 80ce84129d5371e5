import { ModelRefused } from '@tokengrid/contracts';
import type { Model } from '../state/model.ts';
import { lapsed } from '../rules/reservations.ts';
import type { Decided } from '../rules/decided.ts';

export interface GiveUpModel {
  readonly modelId: string;
}

/**
 * Gives up a model that reserved a name and came no further, so that somebody else may have the
 * name: from then on it can't be offered. No clock decides who is first, but this model's own
 * stream.
 */
export function giveUpModel(state: Model, { modelId }: GiveUpModel): Decided<'giveUpModel'> {
  if (state.status === 'offered') {
    return [ModelRefused({ modelId, code: 'APP_REGISTRY.MODEL_EXISTS' })];
  }
  return [ModelRefused({ modelId, ...lapsed })];
}
