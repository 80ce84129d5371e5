import { PasswordChanged, PersonRefused } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { isPerson, type Person } from '../state/person.ts';

export interface ChangePassword {
  readonly userId: string;
  /** Encrypted with the person's key. */
  readonly passwordHash: string;
}

/** Gives a person another password, once the old one was right. */
export function changePassword(state: Person, { userId, passwordHash }: ChangePassword): Decided<'changePassword'> {
  if (!isPerson(state)) return [PersonRefused({ userId, code: 'NOT_FOUND' })];
  return [PasswordChanged({ userId, passwordHash })];
}
