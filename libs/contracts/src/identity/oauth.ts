import { z } from 'zod';
import { event } from '../event.ts';
import { partyId } from '../ids.ts';
import { codesOf } from '../refusals/commands.ts';
import { identityRefusals } from '../refusals/identity.ts';
import { instant, partyKind, text } from '../vocabulary.ts';

/** A coordinate of a public key on P-256 or Ed25519: 32 bytes, base64url. */
const coordinate = z.string().regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url');

/** Maximum number of a client's public keys. */
export const mostClientKeys = 8;

/** Maximum number of a client's redirect URIs. */
export const mostRedirectUris = 10;

/** Public key of a client, as a JWK: ES256 on P-256, which has `y`, or Ed25519, which has none. */
export const clientKey = z.strictObject({
  kty: z.enum(['EC', 'OKP']),
  crv: z.enum(['P-256', 'Ed25519']),
  x: coordinate,
  y: coordinate.optional(),
  kid: text(100).optional(),
});
export type ClientKey = z.output<typeof clientKey>;

const clientId = text(40);
/** Hex SHA-256 of a secret of 256 random bits, which needs no salt. */
const secretHash = z.string().regex(/^[0-9a-f]{64}$/);

/** The client has either a secret or public keys. */
export const OauthClientRegistered = event(
  'OauthClientRegistered',
  'A party registered an OAuth client, which gets access tokens in its name.',
  z.strictObject({
    clientId,
    partyId,
    partyKind,
    mintedBy: text(40),
    name: text(100),
    scopes: z.array(text(80)).max(100),
    secretHash: secretHash.optional(),
    publicKeys: z.array(clientKey).max(mostClientKeys).optional(),
    redirectUris: z.array(z.url().max(500)).max(mostRedirectUris).optional(),
  }),
);
export const OauthClientSecretRotated = event(
  'OauthClientSecretRotated',
  'An OAuth client got another secret, and the earlier one ends after the overlap.',
  z.strictObject({ clientId, partyId, secretHash, expiresAt: instant }),
);
export const OauthClientDeleted = event(
  'OauthClientDeleted',
  'An OAuth client was deleted: its access tokens stop working everywhere.',
  z.strictObject({ clientId, partyId }),
);
export const AccessTokenRevoked = event(
  'AccessTokenRevoked',
  'A client revoked one of its access tokens before its end.',
  z.strictObject({ clientId, partyId, tokenId: text(64), expiresAt: instant }),
);
export const OauthClientRefused = event(
  'OauthClientRefused',
  'A command about an OAuth client was refused.',
  z.strictObject({
    partyId,
    clientId: clientId.optional(),
    code: codesOf(
      identityRefusals,
      'registerOauthClient',
      'rotateClientSecret',
      'deleteOauthClient',
      'revokeAccessToken',
    ),
  }),
);

/** Thumbprint of a key (RFC 7638), the `kid` of tokens. */
export const tokenKeyId = z.string().regex(/^[\w-]{43}$/);

/** Public part of a key that signs tokens by ES256, as a JWK. */
export const tokenKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
});
export type TokenKey = z.output<typeof tokenKey>;

/** In the stream `signing-keys`. The private part stays in identity's key store, sealed. */
export const SigningKeyPublished = event(
  'SigningKeyPublished',
  'A key that signs access tokens was published, by which every service checks them.',
  z.strictObject({
    keyId: tokenKeyId,
    issuer: z.url().max(500),
    publicKey: tokenKey,
    signsFrom: instant,
    signsUntil: instant,
    /** After the end of the last token that it signs. */
    expiresAt: instant,
  }),
);

/** OAuth clients of parties, from their registration to their end. */
export const oauthClientEvents = [
  OauthClientRegistered,
  OauthClientSecretRotated,
  OauthClientDeleted,
  AccessTokenRevoked,
  OauthClientRefused,
] as const;
/** Keys that sign access tokens. */
export const signingKeyEvents = [SigningKeyPublished] as const;
