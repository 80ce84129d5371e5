import { describe, it } from '@jest/globals';
import { ApiKeyIssued, ApiKeyRefused, ApiKeyRevoked, operatorPartyId } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { issueApiKey, maxApiKeys } from './issue-api-key.ts';
import { party } from './party.ts';
import { keyIssued, keyNumber, organizationRegistered, orgId } from '../testing/samples.ts';

const given = givenFor(party);
const now = someContext.time;
const issue = { partyId: orgId, key: keyNumber(500) };
const many = (count: number, said = {}) => Array.from({ length: count }, (_, index) => keyIssued(index, said));

describe('issuing an API key', () => {
  it('gives a party another key', () =>
    given(organizationRegistered, keyIssued(1)).when(issueApiKey, issue).then(keyIssued(500)));

  it('keeps name, scopes and end as they were asked for', () => {
    const said = { name: 'billing', scopes: ['wallet:entries:read'], expiresAt: now + 1 };
    given(organizationRegistered)
      .when(issueApiKey, { partyId: orgId, key: keyNumber(7, said) })
      .then(keyIssued(7, said));
  });

  it('gives the operator, which never registers, keys of its own', () => {
    const own = (number: number) =>
      ApiKeyIssued({ ...keyIssued(number, all).data, partyId: operatorPartyId, partyKind: 'operator' });
    const all = { scopes: ['*'] };
    const asked = { partyId: operatorPartyId, key: keyNumber(1, all) };
    given().when(issueApiKey, asked).then(own(1));
    given(own(1), own(2))
      .when(issueApiKey, { ...asked, key: keyNumber(3, all) })
      .then(own(3));
  });

  it('refuses a party that never registered', () =>
    given()
      .when(issueApiKey, issue)
      .then(ApiKeyRefused({ partyId: orgId, code: 'NOT_FOUND', detail: 'there is no such party' })));

  it('refuses a key that would end before it begins', () =>
    given(organizationRegistered, ...many(maxApiKeys))
      .when(issueApiKey, { partyId: orgId, key: keyNumber(500, { expiresAt: now }) })
      .then(ApiKeyRefused({ partyId: orgId, code: 'INVALID_ARGUMENT', detail: 'expiresAt has to be in the future' })));

  it('refuses one key too many', () =>
    given(organizationRegistered, ...many(maxApiKeys))
      .when(issueApiKey, issue)
      .then(
        ApiKeyRefused({
          partyId: orgId,
          code: 'API_KEY.TOO_MANY',
          detail: 'a party has at most 100 API keys at a time; revoke one first',
        }),
      ));

  it('puts expired keys away, and does not count them', () =>
    given(organizationRegistered, ...many(maxApiKeys - 1), keyIssued(300, { expiresAt: now }))
      .when(issueApiKey, issue)
      .then(keyIssued(500), ApiKeyRevoked({ keyId: keyNumber(300).keyId, partyId: orgId })));
});
