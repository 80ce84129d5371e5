import { describe, it } from '@jest/globals';
import { PartyRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { party } from './party.ts';
import { registerOrganization } from './register-organization.ts';
import { keyIssued, keyNumber, organization, organizationRegistered, orgId } from './samples.ts';

const given = givenFor(party);
const now = someContext.time;
const register = { ...organization, firstKey: keyNumber(1), reservation: { reservedUntil: now + 1 } };
const refused = (code: string, detail: string) => PartyRefused({ partyId: orgId, code, detail });

describe('registering an organization', () => {
  it('registers it with its first key', () =>
    given().when(registerOrganization, register).then(organizationRegistered, keyIssued(1)));

  it('refuses what the contact was refused for', () =>
    given(organizationRegistered)
      .when(registerOrganization, { ...register, reservation: { refused: 'EMAIL_TAKEN' } })
      .then(refused('EMAIL_TAKEN', 'the e-mail address belongs to another registration')));

  it('refuses at the very end of the reservation, before it looks at anything else', () =>
    given(organizationRegistered)
      .when(registerOrganization, { ...register, reservation: { reservedUntil: now } })
      .then(
        refused(
          'REGISTRATION_LAPSED',
          'the registration was interrupted for too long; send it again with a new Idempotency-Key',
        ),
      ));

  it('refuses a second registration of the same party', () =>
    given(organizationRegistered)
      .when(registerOrganization, register)
      .then(refused('ALREADY_REGISTERED', 'the organization is registered already')));
});
