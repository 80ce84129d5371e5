import { PartyRefused } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import { lapsed } from '../rules/registrations.ts';
import type { Decided } from '../rules/decided.ts';

export interface GiveUpRegistration {
  readonly partyId: string;
}

/**
 * Gives up a registration that reserved a contact and got no further, so that another party may
 * have the contact: the party can't register any more. This party's own stream decides between the
 * two, not a clock.
 */
export function giveUpRegistration(state: Party, { partyId }: GiveUpRegistration): Decided<'giveUpRegistration'> {
  if (isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'IDENTITY.ALREADY_REGISTERED' })];
  }
  return [PartyRefused({ partyId, ...lapsed })];
}
