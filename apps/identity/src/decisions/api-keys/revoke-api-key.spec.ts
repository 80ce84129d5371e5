import { describe, it } from '@jest/globals';
import { ApiKeyRefused, ApiKeyRevoked } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { party } from '../state/party.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { keyIssued, keyNumber, organizationRegistered, orgId } from '../examples.fixture.ts';

const given = givenFor(party);
const revoke = { partyId: orgId, keyId: keyNumber(1).keyId };
const revoked = ApiKeyRevoked(revoke);
const refused = ApiKeyRefused({ ...revoke, code: 'IDENTITY.API_KEY_NOT_ACTIVE' });

describe('revoking an API key', () => {
  it('ends it', () => given(organizationRegistered, keyIssued(1)).when(revokeApiKey, revoke).then(revoked));

  it('ends one that has expired too', () =>
    given(organizationRegistered, keyIssued(1, { expiresAt: 0 }))
      .when(revokeApiKey, revoke)
      .then(revoked));

  it('refuses a party that never registered', () => given().when(revokeApiKey, revoke).then(refused));

  it('refuses a key that is not among the party’s', () =>
    given(organizationRegistered, keyIssued(2)).when(revokeApiKey, revoke).then(refused));

  it('refuses to revoke twice', () =>
    given(organizationRegistered, keyIssued(1), revoked).when(revokeApiKey, revoke).then(refused));
});
