import { instant, manifest, meterPrice, modelName, modelPrices, slug, text } from '@tokengrid/contracts';
import { pageOf, pageQuery, sentTime } from '@tokengrid/service';
import { z } from 'zod';

const displayName = z.string().trim().min(1, 'must not be blank').max(100);
const operatorBps = z
  .int()
  .min(0)
  .max(10_000)
  .meta({ description: "the operator's share in basis points: 500 is 5 %" });
const effectiveFrom = sentTime
  .optional()
  .meta({ description: 'now, unless said; a time that has passed means now, too; at most 400 days ahead' });

export const AppRequest = z.strictObject({ slug, name: displayName }).meta({ id: 'AppRequest' });
export type AppRequest = z.output<typeof AppRequest>;

const manifestExample = {
  endpoint: 'https://tea-shop.example/api',
  description: 'Recommends teas.',
  meters: [{ name: 'recommendations', unit: 'recommendation', aggregation: 'sum' }],
  plans: [
    {
      id: 'basic',
      name: 'Basic',
      monthlyFee: '5000000',
      trialDays: 14,
      prices: [{ meter: 'recommendations', model: 'per-unit', unitPrice: '1500', includedUnits: '100' }],
    },
  ],
  scopes: ['wallet:balances:read'],
  dataUse: ['recommendations'],
  revenueShare: { operatorBps: 500 },
};

/** A version is asked for by its manifest: the body is the manifest itself. */
export const VersionRequest = manifest.meta({ id: 'Manifest', example: manifestExample });
export type VersionRequest = z.output<typeof VersionRequest>;

export const RejectionRequest = z
  .strictObject({ reasons: z.array(text(500)).min(1).max(20) })
  .meta({ id: 'RejectionRequest' });
export type RejectionRequest = z.output<typeof RejectionRequest>;

export const PublicationRequest = z.strictObject({ effectiveFrom }).default({}).meta({ id: 'PublicationRequest' });
export type PublicationRequest = z.output<typeof PublicationRequest>;

/** A body for requests that say all in their path: none, or an empty object. */
export const EmptyRequest = z.strictObject({}).default({});
export type EmptyRequest = z.output<typeof EmptyRequest>;

export const ModelRequest = z
  .strictObject({
    name: modelName,
    endpoint: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(500),
    region: text(60),
    prices: modelPrices,
    operatorBps,
  })
  .meta({ id: 'ModelRequest' });
export type ModelRequest = z.output<typeof ModelRequest>;

export const PricesRequest = z.strictObject({ prices: modelPrices, effectiveFrom }).meta({ id: 'PricesRequest' });
export type PricesRequest = z.output<typeof PricesRequest>;

export const SubscriptionRequest = z.strictObject({ planId: text(40) }).meta({ id: 'SubscriptionRequest' });
export type SubscriptionRequest = z.output<typeof SubscriptionRequest>;

export const CatalogueQuery = pageQuery.extend({
  q: z
    .string()
    .max(200)
    .default('')
    .meta({ description: 'part of a slug, a name or a description, in any case; everything, without it' }),
});
export type CatalogueQuery = z.output<typeof CatalogueQuery>;

const appStatus = z.enum(['draft', 'published', 'suspended']);
const versionStatus = z.enum(['draft', 'submitted', 'approved', 'rejected', 'published', 'deprecated', 'withdrawn']);

export const AppAnswer = z
  .strictObject({
    appId: z.string(),
    slug,
    name: z.string(),
    developerId: z.string(),
    status: appStatus,
    createdAt: instant.optional(),
  })
  .meta({ id: 'App', description: 'draft until a version is published' });

export const AppStatusAnswer = z
  .strictObject({ appId: z.string(), status: z.enum(['suspended', 'active']) })
  .meta({ id: 'AppStatusChanged' });

export const VersionAnswer = z
  .strictObject({
    appId: z.string(),
    version: z.int(),
    status: versionStatus,
    manifest: z.looseObject({}).optional().meta({ description: 'Manifest as it was sent', example: manifestExample }),
    reasons: z.array(z.string()).optional().meta({ description: 'why it was rejected' }),
    draftedAt: instant.optional(),
    effectiveFrom: instant.nullable().optional(),
  })
  .meta({ id: 'Version' });

const priceVersion = { priceVersion: z.int(), prices: z.array(meterPrice), effectiveFrom: instant };
const model = { modelId: z.string(), name: z.string(), providerId: z.string(), region: z.string() };

export const ModelAnswer = z
  .strictObject({ ...model, endpoint: z.string(), operatorBps: z.int(), ...priceVersion })
  .meta({ id: 'Model' });

export const PricesAnswer = z
  .strictObject({ modelId: z.string(), name: z.string(), ...priceVersion })
  .meta({ id: 'ModelPrices' });

export const PricesWithdrawnAnswer = z
  .strictObject({ modelId: z.string(), priceVersion: z.int(), status: z.literal('withdrawn') })
  .meta({ id: 'ModelPricesWithdrawn' });

export const ModelDetails = z
  .strictObject({
    ...model,
    endpoint: z.string().optional(),
    operatorBps: z.int().optional(),
    priceVersions: z.array(z.strictObject(priceVersion)),
  })
  .meta({ id: 'ModelDetails', description: 'endpoint and operatorBps for its provider and the operator alone' });

export const SubscriptionAnswer = z
  .strictObject({
    subscriptionId: z.string(),
    appId: z.string(),
    slug,
    partyId: z.string(),
    version: z.int(),
    planId: z.string(),
    status: z.enum(['active', 'ended']),
    from: instant,
    until: instant.nullable().optional(),
  })
  .meta({ id: 'Subscription' });

export const AppList = pageOf(AppAnswer).meta({ id: 'AppList' });
export const VersionList = pageOf(VersionAnswer).meta({ id: 'VersionList' });
export const ModelList = pageOf(z.strictObject({ ...model, ...priceVersion })).meta({ id: 'ModelList' });
export const SubscriptionList = pageOf(SubscriptionAnswer).meta({ id: 'SubscriptionList' });
export const CatalogueList = pageOf(
  z.strictObject({
    appId: z.string(),
    slug,
    name: z.string(),
    developerId: z.string(),
    version: z.int(),
    description: z.string(),
    meters: manifest.shape.meters,
    plans: z.array(z.looseObject({ id: z.string() })),
    scopes: z.array(z.string()),
    dataUse: z.array(z.string()),
    effectiveFrom: instant,
  }),
).meta({ id: 'Catalogue' });
