import { instant, keyBudget, keyLimits, mostNamedByKey, modelPattern, slug, text } from '@tokengrid/contracts';
import { pageOf, sentTime, shownName } from '@tokengrid/service';
import { z } from 'zod';

/** True for a list whose items differ. */
const isDistinct = (items: readonly string[]) => new Set(items).size === items.length;

/** Limits of a key beside its scopes and its end. */
const limits = {
  models: z
    .array(modelPattern)
    .max(mostNamedByKey)
    .refine(isDistinct, 'must name each model once')
    .optional()
    .meta({
      description: 'Models that it may use: names, or beginnings of names with a `*`; all, unless said',
      example: ['qwen2.5-72b', 'deepseek-ai/*'],
    }),
  apps: z
    .array(slug)
    .max(mostNamedByKey)
    .refine(isDistinct, 'must name each app once')
    .optional()
    .meta({ description: 'Slugs of the apps that it may use; all, unless said', example: ['tea-shop'] }),
  requestsPerMinute: keyLimits.requestsPerMinute.meta({
    description: 'Requests per minute at the gateway, with those of keys minted from it; no limit, unless said',
    example: 60,
  }),
  unitsPerMinute: keyLimits.unitsPerMinute.meta({
    description: 'Units per minute at the gateway, with those of keys minted from it; no limit, unless said',
    example: 100_000,
  }),
  streams: keyLimits.streams.meta({
    description: 'Streams at once at the gateway, with those of keys minted from it; no limit, unless said',
    example: 4,
  }),
  budget: keyBudget.optional().meta({
    description:
      'µAIT that it may spend, with keys minted from it, per day and month of the operator and in all; no limit of its own, unless said',
    example: { daily: '1000000', total: '50000000' },
  }),
};

const named = {
  name: shownName(100),
  scopes: z.array(text(80)).min(1).max(100).refine(isDistinct, 'must name each scope once'),
};

export const ApiKeyRequest = z
  .strictObject({
    ...named,
    expiresAt: sentTime.optional().meta({ description: 'never, unless said' }),
    ...limits,
  })
  .meta({ id: 'ApiKeyRequest' });
export type ApiKeyRequest = z.output<typeof ApiKeyRequest>;

export const MintedKeyRequest = z
  .strictObject({
    ...named,
    expiresAt: sentTime.meta({ description: 'its end, not later than that of your key' }),
    ...limits,
  })
  .meta({ id: 'MintedKeyRequest' });
export type MintedKeyRequest = z.output<typeof MintedKeyRequest>;

const parent = z.string().meta({
  description: 'key that it was minted from and ends with; absent: it stands by itself',
  example: 'key_01jzx0000000000000000000cd',
});

export const IssuedApiKey = z
  .strictObject({
    id: z.string(),
    secret: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    expiresAt: instant.nullable(),
    parent: parent.optional(),
    ...limits,
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
    parent: parent.optional(),
    ...limits,
  }),
).meta({ id: 'ApiKeyList' });
