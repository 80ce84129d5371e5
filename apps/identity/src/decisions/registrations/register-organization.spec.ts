import { describe, it } from '@jest/globals';
import { PartyRefused } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { party } from '../state/party.ts';
import { registerOrganization } from './register-organization.ts';
import { keyIssued, keyNumber, organization, organizationRegistered, orgId } from '../examples.fixture.ts';

const given = givenFor(party);
const register = { ...organization, firstKey: keyNumber(1), reservation: 'reserved' as const };
const refused = (code: Parameters<typeof PartyRefused>[0]['code']) => PartyRefused({ partyId: orgId, code });
const lapsed = refused('IDENTITY.REGISTRATION_LAPSED');

describe('registering an organization', () => {
  it('registers it with its first key', () =>
    given().when(registerOrganization, register).then(organizationRegistered, keyIssued(1)));

  it('refuses what the contact was refused for, before anything else', () =>
    given(organizationRegistered)
      .when(registerOrganization, { ...register, reservation: { refused: 'IDENTITY.EMAIL_TAKEN' } })
      .then(refused('IDENTITY.EMAIL_TAKEN')));

  it('refuses a registration that was given up', () => given(lapsed).when(registerOrganization, register).then(lapsed));

  it('refuses a second registration of the same party', () =>
    given(organizationRegistered).when(registerOrganization, register).then(refused('IDENTITY.ALREADY_REGISTERED')));
});
