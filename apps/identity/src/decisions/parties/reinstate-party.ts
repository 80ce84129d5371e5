import type { IdentityEvent } from '@tokengrid/contracts';
import { PartyRefused, PartyReinstated } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface ReinstateParty {
  readonly partyId: string;
}

/** Lifts a suspension: keys that were not revoked and have not expired work again. */
export function reinstateParty(state: Party, { partyId }: ReinstateParty): readonly IdentityEvent[] {
  if (!isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'NOT_FOUND', detail: 'there is no such party' })];
  }
  if (state.status === 'active') {
    return [PartyRefused({ partyId, code: 'IDENTITY.PARTY_NOT_SUSPENDED', detail: 'the party is not suspended' })];
  }
  return [PartyReinstated({ partyId })];
}
