import type { ServiceApi } from '@tokengrid/service';

const then = '2026-01-31T08:00:00.000Z';

/** Texts of identity's OpenAPI document. */
export const identityApi: ServiceApi = {
  about: 'Registers parties, issues their API keys, and guards their personal data.',
  resources: {
    registrations: 'Developers and providers that register',
    subscribers: 'Subscribers that the operator registers',
    parties: 'Status of parties, and their suspension',
    'personal-data': 'Personal data of a party',
    'api-keys': 'API keys of a party',
    'oauth-clients': 'OAuth clients of a party',
    oauth: 'Access tokens of OAuth clients, by OAuth 2.1',
    '.well-known': 'Metadata of the authorization server',
    me: 'The caller',
  },
  terms: {
    partyId: { description: 'Id of the party', example: 'org_01jzx0000000000000000000ab' },
    organizationId: { description: 'Id of the organization', example: 'org_01jzx0000000000000000000ab' },
    subscriberId: { description: 'Id of the subscriber', example: 'sub_01jzx0000000000000000000ab' },
    userId: { description: 'Id of the owner', example: 'usr_01jzx0000000000000000000ab' },
    keyId: { description: 'Id of the API key', example: 'key_01jzx0000000000000000000ab' },
    id: { description: 'Id of the API key', example: 'key_01jzx0000000000000000000ab' },
    clientId: { description: 'Id of the OAuth client', example: 'cli_01jzx0000000000000000000ab' },
    clientSecret: { description: 'Secret of the OAuth client', example: 'tg_0123456789abcdef0123456789abcdef' },
    earlierSecretExpiresAt: { description: 'Time at which the earlier secret ends', example: then },
    party: { description: 'Id of the party; the caller by default', example: 'org_01jzx0000000000000000000ab' },
    secret: { description: 'Secret of the API key', example: 'tg_0123456789abcdef0123456789abcdef' },
    parent: { description: 'Id of the key that it was minted from', example: 'key_01jzx0000000000000000000cd' },
    mintedBy: { description: 'Id of the key that requested it', example: 'key_01jzx0000000000000000000cd' },
    successorId: { description: 'Id of the successor key', example: null },
    kind: { description: 'Kind of the party', example: 'developer' },
    name: { description: 'Name', example: 'Tea Works' },
    email: { description: 'E-mail address', example: 'ana@tea-works.example' },
    msisdn: { description: 'Phone number in E.164', example: '+8613800000001' },
    scopes: { description: 'Scopes, `service:resource:action`', example: ['wallet:balances:read'] },
    reason: { description: 'Reason, for people; must not contain personal data', example: 'unpaid bills' },
    overlapSeconds: { description: 'Seconds for which the old key works beside the new one', example: 3600 },
    registeredAt: { description: 'Time of the registration', example: then },
    issuedAt: { description: 'Time of issue', example: then },
    expiresAt: { description: 'Time of expiry; null for never', example: '2099-12-31T23:59:59.000Z' },
  },
};
