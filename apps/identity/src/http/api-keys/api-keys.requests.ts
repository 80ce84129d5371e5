import { instant, text } from '@tokengrid/contracts';
import { pageOf, sentTime, shownName } from '@tokengrid/service';
import { z } from 'zod';

export const ApiKeyRequest = z
  .strictObject({
    name: shownName(100),
    scopes: z
      .array(text(80))
      .min(1)
      .max(100)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must name each scope once'),
    expiresAt: sentTime.optional().meta({ description: 'never, unless said' }),
  })
  .meta({ id: 'ApiKeyRequest' });
export type ApiKeyRequest = z.output<typeof ApiKeyRequest>;

export const IssuedApiKey = z
  .strictObject({
    id: z.string(),
    secret: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    expiresAt: instant.nullable(),
  })
  .meta({ id: 'IssuedApiKey' });

const maxOverlapSeconds = 30 * 86400;

export const RotationRequest = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(maxOverlapSeconds)
      .meta({ description: 'time for which the old key works beside the new one' }),
  })
  .meta({ id: 'RotationRequest' });
export type RotationRequest = z.output<typeof RotationRequest>;

export const ApiKeyList = pageOf(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    status: z.enum(['active', 'expired', 'revoked']),
    issuedAt: instant,
    expiresAt: instant.nullable(),
    mintedBy: z.string().nullable().meta({ description: 'key that requested it; null for the first one' }),
    successorId: z.string().nullable(),
  }),
).meta({ id: 'ApiKeyList' });
