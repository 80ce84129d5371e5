import { ApiKeyIssued, instantOf, OrganizationRegistered, SubscriberRegistered } from '@tokengrid/contracts';
import type { KeyToIssue } from './rules/api-keys.ts';

/** Subjects of the specs' sentences. */
export const orgId = 'org_01jzz0000000000000000000a1';
export const otherOrgId = 'org_01jzz0000000000000000000a2';
export const subId = 'sub_01jzz0000000000000000000b1';
export const userId = 'usr_01jzz0000000000000000000c1';
export const contactStreamId = `contact-${'c'.repeat(64)}`;

const sealed = (personId: string) => `enc:v1:${personId}:aXY:Y2lwaGVydGV4dA`;

export const organization = {
  partyId: orgId,
  kind: 'developer' as const,
  name: sealed(userId),
  contactStreamId,
  owner: { userId, name: sealed(userId), email: sealed(userId), passwordHash: sealed(userId) },
};
export const subscriber = { partyId: subId, name: sealed(subId), msisdn: sealed(subId), contactStreamId };

export const organizationRegistered = OrganizationRegistered(organization);
export const subscriberRegistered = SubscriberRegistered(subscriber);

/** A key by its number, with the given fields. */
export function keyNumber(number: number, said: Partial<KeyToIssue> = {}): KeyToIssue {
  return {
    keyId: `key_01jzz0000000000000000${String(number).padStart(5, '0')}`,
    name: 'ci',
    secretHash: String(number).padStart(64, '0'),
    scopes: ['wallet:balances:read'],
    expiresAt: null,
    ...said,
  };
}

/** Event of a key issued to the organization. */
export function keyIssued(
  number: number,
  said: Partial<KeyToIssue> = {},
  origin: { readonly mintedBy?: string; readonly succeeds?: string } = {},
) {
  const { scopes, expiresAt, ...key } = keyNumber(number, said);
  return ApiKeyIssued({
    ...key,
    partyId: orgId,
    partyKind: 'developer',
    ...origin,
    scopes: [...scopes],
    expiresAt: expiresAt === null ? null : instantOf(expiresAt),
  });
}
