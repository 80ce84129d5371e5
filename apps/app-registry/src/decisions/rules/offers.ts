import { ModelRefused } from '@tokengrid/contracts';
import { type Model, type ModelStatus, type OfferedModel, type Submission, wasOffered } from '../state/model.ts';
import type { Decided } from './decided.ts';

/** The offer of a command. */
export interface OfOffer {
  readonly modelId: string;
}

/**
 * Decides about an offer that is in force, or was, if it has one of the given statuses. Refusals,
 * in this order: no such offer (`NOT_FOUND`), `APP_REGISTRY.MODEL_IN_OTHER_STATE`.
 */
export function ifOffered<Stated>(
  allowed: readonly OfferedModel['status'][],
  state: Model,
  command: OfOffer,
  decide: (offer: OfferedModel) => Stated,
): Stated | Decided<'suspendModel'> {
  const isAllowed = wasOffered(state) && allowed.includes(state.status);
  return isAllowed ? decide(state) : refusal(state, command, allowed);
}

/** Decides about an offer that waits for the operator. Refusals are those of {@link ifOffered}. */
export function ifPending<Stated>(
  state: Model,
  command: OfOffer,
  decide: (submission: Submission) => Stated,
): Stated | Decided<'approveModel'> {
  return state.status === 'pending' ? decide(state.submission) : refusal(state, command, ['pending']);
}

function refusal(
  { status }: Model,
  { modelId }: OfOffer,
  allowed: readonly ModelStatus[],
): Decided<'suspendModel'> & Decided<'approveModel'> {
  if (status === 'none' || status === 'refused') return [ModelRefused({ modelId, code: 'NOT_FOUND' })];
  const code = 'APP_REGISTRY.MODEL_IN_OTHER_STATE';
  return [ModelRefused({ modelId, code, modelStatus: status, allowed: [...allowed] })];
}
