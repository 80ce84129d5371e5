import { instantOf, PersonSignedIn, SignInRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { isPerson, type Person } from '../state/person.ts';

export interface SignIn {
  readonly userId: string;
  /** True if the typed password is the person's. */
  readonly isPasswordRight: boolean;
}

/** Wrong passwords in a row that lock nothing. */
export const freeAttempts = 4;
const firstLockMs = 30_000;
const longestLockMs = 3_600_000;

/**
 * Signs a person in. Wrong passwords lock the account for a time that doubles. Attempts are decided
 * one after the other, so that many at once are no more guesses than one by one.
 */
export function signIn(
  state: Person,
  { userId, isPasswordRight }: SignIn,
  { time }: DecisionContext,
): Decided<'signIn'> {
  if (!isPerson(state)) return [SignInRefused({ userId, code: 'NOT_FOUND' })];
  if (time < state.lockedUntil) return [SignInRefused({ userId, code: 'IDENTITY.SIGN_IN_LOCKED' })];
  if (isPasswordRight) return [PersonSignedIn({ userId })];
  const lockMs = lockAfter(state.wrongPasswords + 1);
  const lock = lockMs > 0 && { lockedUntil: instantOf(time + lockMs) };
  return [SignInRefused({ userId, code: 'IDENTITY.PASSWORD_WRONG', ...lock })];
}

/** Milliseconds of lock after a number of wrong passwords in a row. */
function lockAfter(wrong: number): number {
  if (wrong <= freeAttempts) return 0;
  return Math.min(firstLockMs * 2 ** Math.min(wrong - freeAttempts - 1, 20), longestLockMs);
}
