import { EmailProved, PersonRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { isPerson, type Person, type SentCode } from '../state/person.ts';

export interface ProveEmail {
  readonly userId: string;
  /** HMAC of the code that the person typed. */
  readonly codeHash: string;
}

/** Wrong attempts after which a code is good no more. */
export const maxWrongCodes = 5;

/** Proves a person's e-mail address by the code that was sent to it. */
export function proveEmail(
  state: Person,
  { userId, codeHash }: ProveEmail,
  { time }: DecisionContext,
): Decided<'proveEmail'> {
  if (!isPerson(state)) return [PersonRefused({ userId, code: 'NOT_FOUND' })];
  if (state.isEmailProved) return [PersonRefused({ userId, code: 'IDENTITY.EMAIL_ALREADY_PROVED' })];
  if (!isGood(state.code, time)) return [PersonRefused({ userId, code: 'IDENTITY.CODE_EXPIRED' })];
  if (state.code.codeHash !== codeHash) return [PersonRefused({ userId, code: 'IDENTITY.CODE_WRONG' })];
  return [EmailProved({ userId })];
}

function isGood(code: SentCode | undefined, time: number): code is SentCode {
  return code !== undefined && time < code.expiresAt && code.wrong < maxWrongCodes;
}
