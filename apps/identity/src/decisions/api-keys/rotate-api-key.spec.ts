import { describe, it } from '@jest/globals';
import { ApiKeyRefused, ApiKeyRevoked, ApiKeyRotated, instantOf } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import type { KeyToIssue } from '../rules/api-keys.ts';
import { maxApiKeys } from '../rules/api-keys.ts';
import { party } from '../state/party.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { keyIssued, keyNumber, organizationRegistered, orgId } from '../examples.fixture.ts';

const given = givenFor(party);
const now = someContext.time;
const { keyId } = keyNumber(1);
const { keyId: newKeyId, secretHash } = keyNumber(2);
const rotate = { partyId: orgId, keyId, newKeyId, secretHash, overlapMs: 60_000, descent: { people: 1, keys: 2 } };
const successor = (said: Partial<KeyToIssue> = {}) => keyIssued(2, said, { succeeds: keyId });
const rotated = (expiresAt: number) =>
  ApiKeyRotated({ keyId, partyId: orgId, newKeyId, expiresAt: instantOf(expiresAt) });
const refused = (code: Parameters<typeof ApiKeyRefused>[0]['code']) => ApiKeyRefused({ partyId: orgId, keyId, code });

describe('rotating an API key', () => {
  it('gives it a successor of the same name and scopes, and lets both work for the overlap', () => {
    const said = { name: 'billing', scopes: ['wallet:entries:read'] };
    given(organizationRegistered, keyIssued(1, said))
      .when(rotateApiKey, rotate)
      .then(successor(said), rotated(now + 60_000));
  });

  it('never lets the old key live longer than it was to, and its successor as long', () =>
    given(organizationRegistered, keyIssued(1, { expiresAt: now + 5 }))
      .when(rotateApiKey, rotate)
      .then(successor({ expiresAt: now + 5 }), rotated(now + 5)));

  it('remembers which other key asked for it: the successor goes back to both', () => {
    const mintedBy = keyNumber(9).keyId;
    given(organizationRegistered, keyIssued(1))
      .when(rotateApiKey, { ...rotate, descent: { mintedBy, people: 2, keys: 3 } })
      .then(keyIssued(2, {}, { mintedBy, succeeds: keyId }), rotated(now + 60_000));
  });

  it('puts expired keys away', () =>
    given(organizationRegistered, keyIssued(1), keyIssued(3, { expiresAt: now }))
      .when(rotateApiKey, rotate)
      .then(successor(), rotated(now + 60_000), ApiKeyRevoked({ keyId: keyNumber(3).keyId, partyId: orgId })));

  it('refuses a key that is unknown or revoked', () =>
    given(organizationRegistered, keyIssued(1), ApiKeyRevoked({ keyId, partyId: orgId }))
      .when(rotateApiKey, rotate)
      .then(refused('IDENTITY.API_KEY_NOT_ACTIVE')));

  it('refuses a key that has expired, rotated or not', () =>
    given(organizationRegistered, keyIssued(1), rotated(now))
      .when(rotateApiKey, rotate)
      .then(refused('IDENTITY.API_KEY_NOT_ACTIVE')));

  it('refuses a key that has a successor', () =>
    given(organizationRegistered, keyIssued(1), keyIssued(2), rotated(now + 1))
      .when(rotateApiKey, rotate)
      .then(refused('IDENTITY.API_KEY_ALREADY_ROTATED')));

  it('refuses a successor that would be one key too many', () =>
    given(organizationRegistered, keyIssued(1), ...Array.from({ length: maxApiKeys - 1 }, (_, n) => keyIssued(n + 10)))
      .when(rotateApiKey, rotate)
      .then(
        ApiKeyRefused({
          partyId: orgId,
          code: 'IDENTITY.TOO_MANY_API_KEYS',
        }),
      ));
});
