import { describe, it } from '@jest/globals';
import { ApiKeyIssued, ApiKeyRefused, ApiKeyRevoked, operatorPartyId } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { issueApiKey } from './issue-api-key.ts';
import { maxApiKeys } from '../rules/api-keys.ts';
import { party } from '../state/party.ts';
import { keyIssued, keyNumber, organizationRegistered, orgId } from '../examples.fixture.ts';

const given = givenFor(party);
const now = someContext.time;
const descent = { mintedBy: keyNumber(1).keyId, people: 2, keys: 2 };
const issue = { partyId: orgId, key: keyNumber(500), descent };
const minted = (number: number, said = {}) => keyIssued(number, said, { mintedBy: keyNumber(1).keyId });
/** Keys of the party: the one that requests others, and more. */
const many = (count: number) => Array.from({ length: count }, (_, index) => keyIssued(index + 1));

describe('issuing an API key', () => {
  it('gives a party another key', () =>
    given(organizationRegistered, keyIssued(1)).when(issueApiKey, issue).then(minted(500)));

  it('keeps name, scopes and end as they were asked for', () => {
    const scopes = ['wallet:entries:read'];
    const said = { name: 'billing', scopes, expiresAt: now + 1 };
    given(organizationRegistered, keyIssued(1, { scopes }))
      .when(issueApiKey, { ...issue, key: keyNumber(7, said) })
      .then(minted(7, said));
  });

  it('gives the operator, which never registers, keys of its own', () => {
    const own = (number: number) =>
      ApiKeyIssued({ ...keyIssued(number, all).data, partyId: operatorPartyId, partyKind: 'operator' });
    const all = { scopes: ['*'] };
    const asked = {
      partyId: operatorPartyId,
      key: keyNumber(1, all),
      descent: { people: 1, keys: 1 },
      byOperator: true as const,
    };
    given().when(issueApiKey, asked).then(own(1));
    given(own(1), own(2))
      .when(issueApiKey, { ...asked, key: keyNumber(3, all) })
      .then(own(3));
  });

  it('refuses a party that never registered', () =>
    given()
      .when(issueApiKey, issue)
      .then(ApiKeyRefused({ partyId: orgId, code: 'NOT_FOUND' })));

  it('refuses a key that would end before it begins', () =>
    given(organizationRegistered, ...many(maxApiKeys))
      .when(issueApiKey, { ...issue, key: keyNumber(500, { expiresAt: now }) })
      .then(ApiKeyRefused({ partyId: orgId, code: 'IDENTITY.EXPIRY_PASSED' })));

  it('refuses one key too many', () =>
    given(organizationRegistered, ...many(maxApiKeys))
      .when(issueApiKey, issue)
      .then(
        ApiKeyRefused({
          partyId: orgId,
          code: 'IDENTITY.TOO_MANY_API_KEYS',
        }),
      ));

  it('puts expired keys away, and does not count them', () =>
    given(organizationRegistered, ...many(maxApiKeys - 1), keyIssued(300, { expiresAt: now }))
      .when(issueApiKey, issue)
      .then(minted(500), ApiKeyRevoked({ keyId: keyNumber(300).keyId, partyId: orgId })));

  it.each([
    ['people', { people: 9, keys: 9 }],
    ['keys', { people: 1, keys: 501 }],
  ])('refuses a key that goes back to too many %s', (_, beyond) =>
    given(organizationRegistered, keyIssued(1))
      .when(issueApiKey, { ...issue, descent: { ...descent, ...beyond } })
      .then(
        ApiKeyRefused({
          partyId: orgId,
          code: 'IDENTITY.API_KEY_LINE_TOO_LONG',
        }),
      ),
  );

  it('issues one that goes back to as many as it may', () =>
    given(organizationRegistered, keyIssued(1))
      .when(issueApiKey, { ...issue, descent: { ...descent, people: 8, keys: 500 } })
      .then(minted(500)));
});
