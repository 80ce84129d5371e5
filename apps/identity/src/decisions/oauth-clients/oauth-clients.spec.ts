import { describe, it } from '@jest/globals';
import {
  AccessTokenRevoked,
  ApiKeyRevoked,
  instantOf,
  OauthClientDeleted,
  OauthClientRefused,
  OauthClientSecretRotated,
  PartySuspended,
} from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import {
  clientNumber,
  clientRegistered,
  keyedClient,
  keyIssued,
  keyNumber,
  organizationRegistered,
  orgId,
} from '../examples.fixture.ts';
import { party } from '../state/party.ts';
import { deleteOauthClient } from './delete-oauth-client.ts';
import { registerOauthClient } from './register-oauth-client.ts';
import { revokeAccessToken } from './revoke-access-token.ts';
import { rotateClientSecret } from './rotate-client-secret.ts';

const given = givenFor(party);
const { clientId } = clientNumber(1);
const mintedBy = keyNumber(1).keyId;
const of = { partyId: orgId, clientId };
const register = { partyId: orgId, client: clientNumber(1), descent: { mintedBy, people: 2, keys: 2 } };
const refused = (code: Parameters<typeof OauthClientRefused>[0]['code']) =>
  OauthClientRefused({ partyId: orgId, code });
const notActive = OauthClientRefused({ ...of, code: 'IDENTITY.OAUTH_CLIENT_NOT_ACTIVE' });

describe('registering an OAuth client', () => {
  it('states its scopes and the key that asked for it', () =>
    given(organizationRegistered, keyIssued(1)).when(registerOauthClient, register).then(clientRegistered(1)));

  it('states public keys where it has no secret', () =>
    given(organizationRegistered, keyIssued(1))
      .when(registerOauthClient, { ...register, client: clientNumber(1, keyedClient) })
      .then(clientRegistered(1, keyedClient)));

  it.each([
    ['models', { rights: { models: ['qwen*'] } }],
    ['a budget', { budget: { total: 1n } }],
    ['an end', { expiresAt: someContext.time + 1 }],
  ])('is refused to a key with %s, which the client would outlive', (_, limit) =>
    given(organizationRegistered, keyIssued(1, limit))
      .when(registerOauthClient, register)
      .then(refused('IDENTITY.API_KEY_LIMITED')),
  );

  it('is refused to a key that is revoked', () =>
    given(organizationRegistered, keyIssued(1), ApiKeyRevoked({ keyId: mintedBy, partyId: orgId }))
      .when(registerOauthClient, register)
      .then(refused('IDENTITY.API_KEY_NOT_ACTIVE')));

  it('is refused to a party that never registered', () =>
    given().when(registerOauthClient, register).then(refused('NOT_FOUND')));
});

describe('rotating the secret of an OAuth client', () => {
  const { secretHash } = keyNumber(7);
  const rotate = { ...of, secretHash, overlapMs: 60_000 };

  it('lets the earlier one work until the end of the overlap', () =>
    given(organizationRegistered, clientRegistered(1))
      .when(rotateClientSecret, rotate)
      .then(OauthClientSecretRotated({ ...of, secretHash, expiresAt: instantOf(someContext.time + 60_000) })));

  it('is refused for a client with public keys', () =>
    given(organizationRegistered, clientRegistered(1, keyedClient))
      .when(rotateClientSecret, rotate)
      .then(OauthClientRefused({ ...of, code: 'IDENTITY.OAUTH_CLIENT_WITHOUT_SECRET' })));
});

describe('deleting an OAuth client', () => {
  const deleted = OauthClientDeleted(of);

  it('ends it, also while its party is suspended', () =>
    given(organizationRegistered, clientRegistered(1), PartySuspended({ partyId: orgId }))
      .when(deleteOauthClient, of)
      .then(deleted));

  it('is refused the second time', () =>
    given(organizationRegistered, clientRegistered(1), deleted).when(deleteOauthClient, of).then(notActive));
});

describe('revoking an access token', () => {
  const revoke = { ...of, tokenId: 'one', expiresAt: someContext.time + 1000 };

  it('states the token and its own end', () =>
    given(organizationRegistered, clientRegistered(1))
      .when(revokeAccessToken, revoke)
      .then(AccessTokenRevoked({ ...of, tokenId: 'one', expiresAt: instantOf(someContext.time + 1000) })));

  it('is refused for a deleted client, whose tokens work no more anyway', () =>
    given(organizationRegistered, clientRegistered(1), OauthClientDeleted(of))
      .when(revokeAccessToken, revoke)
      .then(notActive));
});
