import { describe, expect, it } from '@jest/globals';
import { PersonalDataErased } from '@tokengrid/contracts';
import { contactStreamId, organizationRegistered, orgId, subId, userId } from '../decisions/examples.fixture.ts';
import { confirmationFor } from './when-organization-registered-confirm-contact.ts';
import { ownerOf } from './when-organization-registered-register-person.ts';
import { releaseFor } from './when-personal-data-erased-release-contact.ts';

describe('what policies ask for', () => {
  it('confirms the e-mail address of an organization', () => {
    expect(confirmationFor(organizationRegistered)).toEqual({ kind: 'email', partyId: orgId });
  });

  it('gives an owner the account that the organization registered with, to be proved', () => {
    const { owner } = organizationRegistered.data;
    expect(ownerOf(organizationRegistered)).toEqual({
      ...{ ...owner, contactStreamId, organizationId: orgId, isEmailProved: false, reservation: 'reserved' },
    });
  });

  it('releases what the erased party was reached by', () => {
    const erased = (partyId: string) => PersonalDataErased({ partyId, personIds: [userId], contactStreamId });
    expect(releaseFor(erased(orgId))).toEqual({ kind: 'email', partyId: orgId });
    expect(releaseFor(erased(subId))).toEqual({ kind: 'msisdn', partyId: subId });
  });
});
