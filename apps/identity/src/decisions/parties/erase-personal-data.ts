import { PartyRefused, PersonalDataErased } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export interface ErasePersonalData {
  readonly partyId: string;
}

/**
 * States that a party's personal data is gone. The keys that open it are destroyed by a policy that
 * reads this event, so the fact comes first and a crash between the two only delays the deed.
 */
export function erasePersonalData(state: Party, { partyId }: ErasePersonalData): Decided<'erasePersonalData'> {
  if (!isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'NOT_FOUND' })];
  }
  if (state.erased) {
    return [PartyRefused({ partyId, code: 'IDENTITY.PARTY_ERASED' })];
  }
  const { personIds, contactStreamId } = state;
  return [PersonalDataErased({ partyId, personIds: [...personIds], contactStreamId })];
}
