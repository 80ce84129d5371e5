import { describe, it } from '@jest/globals';
import { PartyRefused, PartyReinstated, PartySuspended } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { party } from '../state/party.ts';
import { organizationRegistered, orgId, subId, subscriberRegistered } from '../examples.fixture.ts';
import { suspendParty } from './suspend-party.ts';

const given = givenFor(party);
const suspend = { partyId: orgId, reason: undefined };
const suspended = PartySuspended({ partyId: orgId });

describe('suspending a party', () => {
  it('suspends it, and keeps the reason', () =>
    given(subscriberRegistered)
      .when(suspendParty, { partyId: subId, reason: 'fraud' })
      .then(PartySuspended({ partyId: subId, reason: 'fraud' })));

  it('suspends again after a reinstatement', () =>
    given(organizationRegistered, suspended, PartyReinstated({ partyId: orgId }))
      .when(suspendParty, suspend)
      .then(suspended));

  it('refuses a party that never registered', () =>
    given()
      .when(suspendParty, suspend)
      .then(PartyRefused({ partyId: orgId, code: 'NOT_FOUND' })));

  it('refuses to suspend twice', () =>
    given(organizationRegistered, suspended)
      .when(suspendParty, suspend)
      .then(PartyRefused({ partyId: orgId, code: 'IDENTITY.PARTY_SUSPENDED' })));
});
