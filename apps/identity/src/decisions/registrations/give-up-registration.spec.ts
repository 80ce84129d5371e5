import { describe, it } from '@jest/globals';
import { PartyRefused, PartySuspended } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { giveUpRegistration } from './give-up-registration.ts';
import { party } from '../state/party.ts';
import { organizationRegistered, orgId } from '../examples.fixture.ts';

const given = givenFor(party);
const giveUp = { partyId: orgId };
const lapsed = PartyRefused({
  partyId: orgId,
  code: 'IDENTITY.REGISTRATION_LAPSED',
});
const registered = PartyRefused({
  partyId: orgId,
  code: 'IDENTITY.ALREADY_REGISTERED',
});

describe('giving up a registration', () => {
  it('ends one that came no further than its reservation', () => given().when(giveUpRegistration, giveUp).then(lapsed));

  it('says the same of one that was given up before', () =>
    given(lapsed).when(giveUpRegistration, giveUp).then(lapsed));

  it('is too late for a party that has registered, suspended or not', () => {
    given(organizationRegistered).when(giveUpRegistration, giveUp).then(registered);
    given(organizationRegistered, PartySuspended({ partyId: orgId }))
      .when(giveUpRegistration, giveUp)
      .then(registered);
  });
});
