import { describe, it } from '@jest/globals';
import { AccessGranted, AccessGrantEnded, instantOf, PersonErased, PersonRefused } from '@tokengrid/contracts';
import { givenFor, someContext } from '@tokengrid/kernel';
import { contactStreamId, orgId, personRegistered, userId } from '../examples.fixture.ts';
import { person } from '../state/person.ts';
import { endAccessGrant } from './end-access-grant.ts';
import { grantAccess, maxAccessGrants } from './grant-access.ts';

const given = givenFor(person);
const clientId = 'cli_01jzx000000000000000000001';
const tokensMs = 360_000;
const expiresAt = instantOf(someContext.time + tokensMs);
const grantNumber = (number: number) => ({
  ...{ grantId: `grant-${number}`, clientId, partyId: orgId },
  scopes: ['openid', 'wallet:balances:read'],
});
const granted = (number: number) => AccessGranted({ userId, ...grantNumber(number) });
const ended = (number: number, reason: 'person' | 'replaced') =>
  AccessGrantEnded({ userId, grantId: `grant-${number}`, clientId, reason, expiresAt });
const many = Array.from({ length: maxAccessGrants }, (_, index) => granted(index));

describe('allowing a client to act', () => {
  it('states the party and the scopes', () =>
    given(personRegistered)
      .when(grantAccess, { userId, grant: grantNumber(1), tokensMs })
      .then(granted(1)));

  it('ends the oldest grant where there are as many as may be', () =>
    given(personRegistered, ...many)
      .when(grantAccess, { userId, grant: grantNumber(99), tokensMs })
      .then(granted(99), ended(0, 'replaced')));
});

describe('ending a grant', () => {
  const end = { userId, grantId: 'grant-1', reason: 'person' as const, tokensMs };
  const notActive = PersonRefused({ userId, code: 'IDENTITY.GRANT_NOT_ACTIVE' });

  it('states the end of its last token', () =>
    given(personRegistered, granted(1)).when(endAccessGrant, end).then(ended(1, 'person')));

  it('is refused the second time, and for an erased person', () => {
    given(personRegistered, granted(1), ended(1, 'person')).when(endAccessGrant, end).then(notActive);
    given(personRegistered, granted(1), PersonErased({ userId, contactStreamId }))
      .when(endAccessGrant, end)
      .then(notActive);
  });
});
