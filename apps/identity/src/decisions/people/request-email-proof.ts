import { EmailProofRequested, instantOf, PersonRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { isPerson, type Person } from '../state/person.ts';

export interface RequestEmailProof {
  readonly userId: string;
  /** HMAC of the code with a key of identity, hex: a code of six digits can be guessed. */
  readonly codeHash: string;
}

const minuteMs = 60_000;
/** Life of a code. */
export const codeLifeMs = 15 * minuteMs;
/** Time between two codes to one address. */
export const codePauseMs = minuteMs;

/** States the code that a person gets by e-mail. The one before it works no more. */
export function requestEmailProof(
  state: Person,
  { userId, codeHash }: RequestEmailProof,
  { time }: DecisionContext,
): Decided<'requestEmailProof'> {
  if (!isPerson(state)) return [PersonRefused({ userId, code: 'NOT_FOUND' })];
  if (state.isEmailProved) return [PersonRefused({ userId, code: 'IDENTITY.EMAIL_ALREADY_PROVED' })];
  if (state.code && time < state.code.sentAt + codePauseMs) {
    return [PersonRefused({ userId, code: 'IDENTITY.CODE_TOO_SOON' })];
  }
  const times = { sentAt: instantOf(time), expiresAt: instantOf(time + codeLifeMs) };
  return [EmailProofRequested({ userId, codeHash, ...times })];
}
