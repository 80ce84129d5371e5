import { describe, it } from '@jest/globals';
import { ContactConfirmed, ContactRefused, ContactReleased } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { contact } from '../state/contact.ts';
import { releaseContact } from './release-contact.ts';
import { orgId, otherOrgId } from '../examples.fixture.ts';

const given = givenFor(contact);
const release = { kind: 'email' as const, partyId: orgId };
const refused = ContactRefused({ kind: 'email', code: 'IDENTITY.CONTACT_NOT_HELD' });

describe('releasing a contact', () => {
  it('gives it back', () =>
    given(ContactConfirmed(release)).when(releaseContact, release).then(ContactReleased(release)));

  it('refuses what belongs to nobody', () => given().when(releaseContact, release).then(refused));

  it('refuses what is somebody else’s by now', () =>
    given(ContactConfirmed({ kind: 'email', partyId: otherOrgId }))
      .when(releaseContact, release)
      .then(refused));
});
