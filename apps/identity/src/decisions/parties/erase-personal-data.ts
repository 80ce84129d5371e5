import { InvitationWithdrawn, PartyRefused, PersonalDataErased } from '@tokengrid/contracts';
import type { Party } from '../state/party.ts';
import { isRegistered } from '../state/party.ts';
import type { Decided } from '../rules/decided.ts';

export interface ErasePersonalData {
  readonly partyId: string;
}

/**
 * Erases a party's personal data, and ends its invitations, whose addresses are data, too. A policy
 * destroys the encryption keys after this event, so that a crash between the two only delays the
 * erasure.
 */
export function erasePersonalData(state: Party, { partyId }: ErasePersonalData): Decided<'erasePersonalData'> {
  if (!isRegistered(state)) {
    return [PartyRefused({ partyId, code: 'NOT_FOUND' })];
  }
  if (state.erased) {
    return [PartyRefused({ partyId, code: 'IDENTITY.PARTY_ERASED' })];
  }
  const { personIds, contactStreamId, invitations } = state;
  return [
    PersonalDataErased({ partyId, personIds: [...personIds], contactStreamId }),
    ...invitations.map(({ invitationId, userId }) => InvitationWithdrawn({ partyId, invitationId, userId })),
  ];
}
