import { describe, it } from '@jest/globals';
import { PartyRefused, PartyReinstated, PartySuspended } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { party } from '../state/party.ts';
import { reinstateParty } from './reinstate-party.ts';
import { organizationRegistered, orgId } from '../examples.fixture.ts';

const given = givenFor(party);
const reinstate = { partyId: orgId };

describe('reinstating a party', () => {
  it('lifts its suspension', () =>
    given(organizationRegistered, PartySuspended(reinstate))
      .when(reinstateParty, reinstate)
      .then(PartyReinstated(reinstate)));

  it('refuses a party that never registered', () =>
    given()
      .when(reinstateParty, reinstate)
      .then(PartyRefused({ partyId: orgId, code: 'NOT_FOUND' })));

  it('refuses a party that is not suspended', () =>
    given(organizationRegistered)
      .when(reinstateParty, reinstate)
      .then(PartyRefused({ partyId: orgId, code: 'IDENTITY.PARTY_NOT_SUSPENDED' })));
});
