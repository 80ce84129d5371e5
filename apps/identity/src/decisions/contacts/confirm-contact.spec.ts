import { describe, it } from '@jest/globals';
import { ContactConfirmed, ContactRefused, ContactReserved, instantOf } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { confirmContact } from './confirm-contact.ts';
import { contact } from '../state/contact.ts';
import { orgId, otherOrgId } from '../examples.fixture.ts';

const given = givenFor(contact);
const confirm = { kind: 'email' as const, partyId: orgId };
const reserved = (partyId: string, expiresAt: number) =>
  ContactReserved({ kind: 'email', partyId, expiresAt: instantOf(expiresAt) });
const refused = ContactRefused({ kind: 'email', code: 'IDENTITY.CONTACT_NOT_HELD' });

describe('confirming a contact', () => {
  it('makes a reservation lasting', () =>
    given(reserved(orgId, someContext.time + 1))
      .when(confirmContact, confirm)
      .then(ContactConfirmed(confirm)));

  it('does so however late, if nobody took it over', () =>
    given(reserved(orgId, 0)).when(confirmContact, confirm).then(ContactConfirmed(confirm)));

  it('says again what was confirmed before', () =>
    given(ContactConfirmed(confirm)).when(confirmContact, confirm).then(ContactConfirmed(confirm)));

  it('refuses what nobody reserved', () => given().when(confirmContact, confirm).then(refused));

  it("refuses what is another party's", () =>
    given(reserved(otherOrgId, 0)).when(confirmContact, confirm).then(refused));
});
