import { PartyRefused } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import { lapsed } from '../rules/registrations.ts';
import type { Decided } from '../rules/decided.ts';

export interface GiveUpRegistration {
  readonly partyId: string;
}

/**
 * Gives up a registration that reserved a contact and came no further, so that somebody else may
 * have the contact: from then on the party can't register. No clock decides who is first, but this
 * party's own stream.
 */
export function giveUpRegistration(state: Party, { partyId }: GiveUpRegistration): Decided<'giveUpRegistration'> {
  if (isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'IDENTITY.ALREADY_REGISTERED' })];
  }
  return [PartyRefused({ partyId, ...lapsed })];
}
