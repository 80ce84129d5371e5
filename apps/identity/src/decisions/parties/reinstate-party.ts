import { PartyRefused, PartyReinstated } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReinstateParty {
  readonly partyId: string;
}

/** Lifts a suspension: keys that are neither revoked nor expired work again. */
export function reinstateParty(state: Party, { partyId }: ReinstateParty): Decided<'reinstateParty'> {
  if (!isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'NOT_FOUND' })];
  }
  if (state.status === 'active') {
    return [PartyRefused({ partyId, code: 'IDENTITY.PARTY_NOT_SUSPENDED' })];
  }
  return [PartyReinstated({ partyId })];
}
