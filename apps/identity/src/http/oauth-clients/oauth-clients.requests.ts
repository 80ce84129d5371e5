import { clientKey, instant, mostClientKeys, mostRedirectUris, text } from '@tokengrid/contracts';
import { pageOf, pageQuery, shownName } from '@tokengrid/service';
import { z } from 'zod';

/** True for a list whose items differ. */
const isDistinct = (items: readonly string[]) => new Set(items).size === items.length;

const example = {
  ...{ kty: 'EC', crv: 'P-256', kid: '2026-01' },
  ...{ x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' },
};

/** Public keys, as JWKs; each has the members of its type and no private one. */
const publicKeys = z
  .array(
    clientKey.refine(
      ({ kty, crv, y }) => (kty === 'EC' ? crv === 'P-256' && y !== undefined : crv === 'Ed25519' && y === undefined),
      'must be a public key on P-256 with x and y, or on Ed25519 with x',
    ),
  )
  .min(1)
  .max(mostClientKeys)
  .meta({
    description: 'Public keys as JWKs (`private_key_jwt`): on P-256 or Ed25519; absent for a client with a secret',
    example: [example],
  });

/** True for a URL that a browser returns to by https, or on the person's own machine. */
function isRedirectUri(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.includes('#') || /[\\\s*]/.test(text) || url.username !== '' || url.password !== '') return false;
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback);
}

const redirectUris = z
  .array(z.string().max(500).refine(isRedirectUri, 'must be an https URL, or an http URL of a loopback address'))
  .min(1)
  .max(mostRedirectUris)
  .refine(isDistinct, 'must name each URL once')
  .meta({
    description:
      'URLs to which people return after they sign in, compared exactly; absent for a client of programs alone',
    example: ['https://app.example/callback'],
  });

export const OauthClientRequest = z
  .strictObject({
    name: shownName(100),
    scopes: z.array(text(80)).min(1).max(100).refine(isDistinct, 'must name each scope once'),
    publicKeys: publicKeys.optional(),
    redirectUris: redirectUris.optional(),
  })
  .meta({
    id: 'OauthClientRequest',
    example: { name: 'nightly job', scopes: ['wallet:balances:read'], publicKeys: [example] },
  });
export type OauthClientRequest = z.output<typeof OauthClientRequest>;

const client = {
  clientId: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  publicKeys: publicKeys.optional(),
  redirectUris: redirectUris.optional(),
};

export const RegisteredOauthClient = z
  .strictObject({ ...client, clientSecret: z.string().optional() })
  .meta({ id: 'RegisteredOauthClient' });

const maxOverlapSeconds = 30 * 86400;

export const SecretRotationRequest = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(maxOverlapSeconds)
      .meta({ description: 'time for which the earlier secret works beside the new one' }),
  })
  .meta({ id: 'SecretRotationRequest' });
export type SecretRotationRequest = z.output<typeof SecretRotationRequest>;

export const RotatedSecret = z
  .strictObject({ clientId: z.string(), clientSecret: z.string(), earlierSecretExpiresAt: instant })
  .meta({ id: 'RotatedSecret' });

export const OauthClientList = pageOf(
  z.strictObject({
    ...client,
    status: z.enum(['active', 'deleted']),
    registeredAt: instant,
    mintedBy: z.string().meta({ description: 'API key that registered it' }),
  }),
).meta({ id: 'OauthClientList' });

export const OauthClientQuery = pageQuery.extend({ party: z.string().max(64).optional() });
export type OauthClientQuery = z.output<typeof OauthClientQuery>;
