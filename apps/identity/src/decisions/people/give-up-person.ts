import { PersonRefused } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { lapsed } from '../rules/registrations.ts';
import { isPerson, type Person } from '../state/person.ts';

export interface GiveUpPerson {
  readonly userId: string;
}

/** Gives up a person's registration that reserved an address and got no further. */
export function giveUpPerson(state: Person, { userId }: GiveUpPerson): Decided<'giveUpPerson'> {
  if (isPerson(state)) return [PersonRefused({ userId, code: 'IDENTITY.ALREADY_REGISTERED' })];
  return [PersonRefused({ userId, ...lapsed })];
}
