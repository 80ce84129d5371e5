import { instant, manifest, text } from '@tokengrid/contracts';
import { pageOf, sentTime } from '@tokengrid/service';
import { z } from 'zod';
import { effectiveFrom } from '../effective-from.ts';

const manifestExample = {
  endpoint: 'https://tea-shop.example/api',
  description: 'Recommends teas.',
  category: 'shopping',
  meters: [{ name: 'recommendations', unit: 'recommendation', aggregation: 'sum' }],
  plans: [
    {
      id: 'basic',
      name: 'Basic',
      monthlyFee: '5000000',
      seatFee: '250000',
      trialDays: 14,
      prices: [{ meter: 'recommendations', model: 'per-unit', unitPrice: '1500', includedUnits: '100' }],
    },
  ],
  scopes: ['wallet:balances:read'],
  dataUse: ['recommendations'],
  revenueShare: { operatorBps: 500 },
};

/** The body of a new version is the manifest itself. */
export const VersionRequest = manifest.meta({ id: 'Manifest', example: manifestExample });
export type VersionRequest = z.output<typeof VersionRequest>;

export const RejectionRequest = z
  .strictObject({ reasons: z.array(text(500)).min(1).max(20) })
  .meta({ id: 'RejectionRequest' });
export type RejectionRequest = z.output<typeof RejectionRequest>;

const subscriptionsFrom = sentTime.nullable().optional().meta({
  description:
    "time from which subscriptions to earlier versions have its terms; default: after the operator's notice; null: never",
});

export const PublicationRequest = z
  .strictObject({ effectiveFrom, subscriptionsFrom })
  .default({})
  .meta({ id: 'PublicationRequest' });
export type PublicationRequest = z.output<typeof PublicationRequest>;

const versionStatus = z.enum(['draft', 'submitted', 'approved', 'rejected', 'published', 'deprecated', 'withdrawn']);

export const VersionAnswer = z
  .strictObject({
    appId: z.string(),
    version: z.int(),
    status: versionStatus,
    manifest: z.looseObject({}).optional().meta({ description: 'Manifest as submitted', example: manifestExample }),
    faults: z
      .array(z.strictObject({ code: z.string(), pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'faults that the automatic checks found in the manifest' }),
    reasons: z.array(z.string()).optional().meta({ description: "reasons of the operator's rejection" }),
    draftedAt: instant.optional(),
    effectiveFrom: instant.nullable().optional(),
    subscriptionsFrom: instant.nullable().optional(),
  })
  .meta({ id: 'Version' });

export const VersionList = pageOf(VersionAnswer).meta({ id: 'VersionList' });
