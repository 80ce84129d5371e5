import type { IdentityEvent } from '@tokengrid/contracts';
import { PartyRefused, PersonalDataErased } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';

export interface ErasePersonalData {
  readonly partyId: string;
}

/**
 * States that a party's personal data is gone. The keys that open it are destroyed by a policy that reads this event, so the
 * fact comes first and a crash between the two only delays the deed.
 */
export function erasePersonalData(state: Party, { partyId }: ErasePersonalData): readonly IdentityEvent[] {
  if (!isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'NOT_FOUND', detail: 'there is no such party' })];
  }
  if (state.erased) {
    return [
      PartyRefused({ partyId, code: 'IDENTITY.PARTY_ERASED', detail: "the party's personal data is erased already" }),
    ];
  }
  const { personIds, contactStreamId } = state;
  return [PersonalDataErased({ partyId, personIds: [...personIds], contactStreamId })];
}
