import { ModelNamed, ModelNameRefused } from '@tokengrid/contracts';
import type { ModelName } from '../state/model-name.ts';
import type { Decided } from '../rules/decided.ts';

export interface NameModel {
  /** The offer under creation. */
  readonly modelId: string;
  readonly name: string;
  readonly providerId: string;
}

/**
 * Names the model of an offer. A model belongs to nobody: its first offer gives the spelling, and
 * later ones in other capitals are of the same model. A name that only looks like it is refused.
 */
export function nameModel(state: ModelName, { modelId, name, providerId }: NameModel): Decided<'nameModel'> {
  if (state.status === 'free') return [ModelNamed({ modelId, name, providerId })];
  if (state.name.toLowerCase() === name.toLowerCase()) {
    return [ModelNamed({ modelId, name: state.name, providerId })];
  }
  const code = 'APP_REGISTRY.MODEL_NAME_CONFUSABLE';
  return [ModelNameRefused({ modelId, name, providerId, code, takenName: state.name })];
}
