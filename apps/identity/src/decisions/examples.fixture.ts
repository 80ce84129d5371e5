import {
  ApiKeyIssued,
  EmailProofRequested,
  instantOf,
  OauthClientRegistered,
  OrganizationRegistered,
  PersonInvited,
  PersonJoined,
  PersonRegistered,
  type Role,
  SubscriberRegistered,
} from '@tokengrid/contracts';
import type { ClientToRegister } from './oauth-clients/register-oauth-client.ts';
import type { KeyToIssue } from './rules/api-keys.ts';

/** Subjects of the specs' sentences. */
export const orgId = 'org_01jzz0000000000000000000a1';
export const otherOrgId = 'org_01jzz0000000000000000000a2';
export const otherUserId = 'usr_01jzz0000000000000000000c2';
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
  origin: { readonly mintedBy?: string; readonly succeeds?: string; readonly parent?: string } = {},
) {
  const { scopes, expiresAt, rights, budget, ...key } = keyNumber(number, said);
  return ApiKeyIssued({
    ...key,
    partyId: orgId,
    partyKind: 'developer',
    ...origin,
    scopes: [...scopes],
    expiresAt: expiresAt === null ? null : instantOf(expiresAt),
    ...rights,
    ...(budget && { budget }),
  });
}

/** An OAuth client with a secret, by its number. */
export function clientNumber(number: number, said: Partial<ClientToRegister> = {}): ClientToRegister {
  return {
    clientId: `cli_01jzx0000000000000000${String(number).padStart(5, '0')}`,
    name: 'nightly job',
    scopes: ['wallet:balances:read'],
    secretHash: String(number).padStart(64, '0'),
    ...said,
  };
}

/** Event of an OAuth client that the organization's first key registered. */
export function clientRegistered(number: number, said: Partial<ClientToRegister> = {}) {
  const { clientId, name, scopes, secretHash, publicKeys } = clientNumber(number, said);
  return OauthClientRegistered({
    ...{ clientId, partyId: orgId, partyKind: 'developer', mintedBy: keyNumber(1).keyId, name, scopes: [...scopes] },
    ...(secretHash !== undefined && { secretHash }),
    ...(publicKeys && { publicKeys: [...publicKeys] }),
  });
}

/** A client with a key instead of a secret. */
export const keyedClient = {
  secretHash: undefined,
  publicKeys: [{ kty: 'EC' as const, crv: 'P-256' as const, x: 'x'.repeat(43), y: 'y'.repeat(43) }],
};

/** A person who came by an invitation. */
export const account = {
  userId,
  ...{ name: sealed(userId), email: sealed(userId), passwordHash: sealed(userId), contactStreamId },
};
export const personRegistered = PersonRegistered(account);
/** The person that registered the organization. */
export const ownerRegistered = PersonRegistered({ ...account, organizationId: orgId });

/** Event of a code that was sent. @param sentAt epoch milliseconds */
export const codeSent = (codeHash: string, sentAt: number) =>
  EmailProofRequested({ userId, codeHash, sentAt: instantOf(sentAt), expiresAt: instantOf(sentAt + 900_000) });

/** An invitation by its number. */
export function invitationNumber(number: number) {
  const digits = String(number).padStart(5, '0');
  return {
    ...{ partyId: orgId, invitationId: `inv_01jzz0000000000000000${digits}`, userId: otherUserId },
    ...{ role: 'finance' as const, email: sealed(otherUserId), contactStreamId: `contact-${digits}` },
    ...{ secretHash: digits.padStart(64, '0'), invitedBy: keyNumber(1).keyId },
  };
}

/** Event of an invitation. @param expiresAt epoch milliseconds */
export const invited = (number: number, expiresAt: number) =>
  PersonInvited({ ...invitationNumber(number), partyKind: 'developer', expiresAt: instantOf(expiresAt) });

/** Event of a person who became a member of the organization. */
export const joined = (id: string, role: Role) =>
  PersonJoined({ partyId: orgId, partyKind: 'developer', userId: id, role });
