import type { IdentityEvent } from '@tokengrid/contracts';
import { PartyRefused, PartySuspended } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface SuspendParty {
  readonly partyId: string;
  readonly reason: string | undefined;
}

/** Stops a party's keys everywhere until it is reinstated. */
export function suspendParty(state: Party, { partyId, reason }: SuspendParty): readonly IdentityEvent[] {
  if (!isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'NOT_FOUND', detail: 'there is no such party' })];
  }
  if (state.status === 'suspended') {
    return [PartyRefused({ partyId, code: 'IDENTITY.PARTY_SUSPENDED', detail: 'the party is suspended already' })];
  }
  return [PartySuspended(reason === undefined ? { partyId } : { partyId, reason })];
}
