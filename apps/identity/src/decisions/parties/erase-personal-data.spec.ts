import { describe, it } from '@jest/globals';
import { PartyRefused, PersonalDataErased } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { erasePersonalData } from './erase-personal-data.ts';
import { party } from '../state/party.ts';
import {
  contactStreamId,
  organizationRegistered,
  orgId,
  subId,
  subscriberRegistered,
  userId,
} from '../examples.fixture.ts';

const given = givenFor(party);

describe('erasing personal data', () => {
  it("names an organization's owner, whose key is to be destroyed", () =>
    given(organizationRegistered)
      .when(erasePersonalData, { partyId: orgId })
      .then(PersonalDataErased({ partyId: orgId, personIds: [userId], contactStreamId })));

  it('names a subscriber as its own person', () =>
    given(subscriberRegistered)
      .when(erasePersonalData, { partyId: subId })
      .then(PersonalDataErased({ partyId: subId, personIds: [subId], contactStreamId })));

  it('refuses a party that never registered', () =>
    given()
      .when(erasePersonalData, { partyId: orgId })
      .then(PartyRefused({ partyId: orgId, code: 'NOT_FOUND' })));

  it('refuses to erase twice', () =>
    given(organizationRegistered, PersonalDataErased({ partyId: orgId, personIds: [userId], contactStreamId }))
      .when(erasePersonalData, { partyId: orgId })
      .then(
        PartyRefused({
          partyId: orgId,
          code: 'IDENTITY.PARTY_ERASED',
        }),
      ));
});
