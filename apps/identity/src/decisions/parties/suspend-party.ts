import { PartyRefused, PartySuspended } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export interface SuspendParty {
  readonly partyId: string;
  readonly reason: string | undefined;
}

/** Suspends a party: its keys stop working everywhere until it is reinstated. */
export function suspendParty(state: Party, { partyId, reason }: SuspendParty): Decided<'suspendParty'> {
  if (!isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'NOT_FOUND' })];
  }
  if (state.status === 'suspended') {
    return [PartyRefused({ partyId, code: 'IDENTITY.PARTY_SUSPENDED' })];
  }
  return [PartySuspended(reason === undefined ? { partyId } : { partyId, reason })];
}
