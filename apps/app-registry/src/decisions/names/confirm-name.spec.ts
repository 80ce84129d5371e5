import { describe, expect, it } from '@jest/globals';
import { instantOf, NameConfirmed, NameRefused, NameReserved } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { confirmName } from './confirm-name.ts';
import { name, nameStreamId } from '../state/name.ts';
import { appId, developerId, otherAppId, slug } from '../examples.fixture.ts';

const given = givenFor(name);
const confirm = { name: slug, ownerId: appId };
const reserved = (ownerId: string) =>
  NameReserved({ ...confirm, ownerId, partyId: developerId, expiresAt: instantOf(0) });
const refused = NameRefused({ ...confirm, code: 'APP_REGISTRY.NAME_NOT_HELD' });

describe('confirming a name', () => {
  it('makes a reservation lasting, however late', () =>
    given(reserved(appId)).when(confirmName, confirm).then(NameConfirmed(confirm)));

  it('says again what was confirmed before', () =>
    given(NameConfirmed(confirm)).when(confirmName, confirm).then(NameConfirmed(confirm)));

  it('refuses what nobody reserved', () => given().when(confirmName, confirm).then(refused));

  it("refuses what is another app's", () => given(reserved(otherAppId)).when(confirmName, confirm).then(refused));

  it('has a stream per look', () => {
    expect(nameStreamId(slug)).toBe('name-slug-chat-helper');
    expect(nameStreamId('chat-he1per')).toBe(nameStreamId(slug));
  });
});
