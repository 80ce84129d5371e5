import { z } from 'zod';
import type { EventOf } from './event.ts';
import { appRegistryRefusals, manifestFaultCodes } from './refusals/app-registry.ts';
import { codesOf } from './refusals/commands.ts';
import { catalogue, event } from './event.ts';
import { partyId, typeId } from './ids.ts';
import { appCategory, endpoint, meterName, modelName, operatorBps, slug } from './market-words.ts';
import { modelEvents, modelNameEvents } from './app-registry/models.ts';
import { subscriptionEvents } from './app-registry/subscriptions.ts';
import { amount, unitPrice } from './money.ts';
import { instant, text } from './vocabulary.ts';

/** Upper end of the tier in units; null for the last tier, which is open. */
export const priceTier = z.strictObject({
  upTo: z
    .string()
    .regex(/^[1-9]\d{0,17}$/, 'must be a whole number above 0 as a decimal string of up to 18 digits, such as "1000"')
    .nullable(),
  unitPrice,
});
const priceModel = z.enum(['per-unit', 'package', 'graduated', 'volume']);
export const planPrice = z
  .strictObject({
    meter: meterName,
    model: priceModel,
    unitPrice: unitPrice.optional(),
    tiers: z.array(priceTier).min(1).max(20).optional(),
    /**
     * Units that cost nothing in a subscription period; for `package`, the units that one
     * `unitPrice` buys.
     */
    includedUnits: z
      .string()
      .regex(/^(0|[1-9]\d{0,17})$/, 'must be a whole number as a decimal string of up to 18 digits, such as "1000"')
      .optional(),
  })
  .refine(
    (price) =>
      price.model === 'graduated' || price.model === 'volume'
        ? price.tiers !== undefined
        : price.unitPrice !== undefined,
    {
      error: 'per-unit and package prices need unitPrice; graduated and volume prices need tiers',
    },
  );
export const plan = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'must be 1 to 39 of a-z, 0-9 and "-", not at the beginning'),
  name: text(100),
  monthlyFee: amount.optional(),
  /** Fee per seat and month, on top of the monthly fee. */
  seatFee: amount.optional(),
  /** Lower bound, prorated, and upper bound of a subscription period's uses, without the fee. */
  minimumCharge: amount.optional(),
  maximumCharge: amount.optional(),
  trialDays: z.int().min(1).max(365).optional(),
  prices: z.array(planPrice).max(50),
});
/** Who reports the uses of a meter: exactly one, so that nothing is counted twice. */
export const meterReporter = z.enum(['gateway', 'developer', 'operator']);
export const meter = z.strictObject({
  name: meterName,
  unit: text(40),
  aggregation: z.enum(['sum', 'max', 'count', 'unique', 'latest']),
  reportedBy: meterReporter.optional(),
});
/** Manifest of an app's version: its endpoint, meters, plans and models. */
export const manifest = z.strictObject({
  endpoint,
  description: text(2000),
  category: appCategory.optional(),
  /** The app's own meters; {@link wellKnownMeters} need no declaration. */
  meters: z.array(meter).max(50),
  plans: z.array(plan).min(1).max(20),
  scopes: z.array(text(80)).max(50),
  dataUse: z.array(text(200)).max(50),
  /** Models that the app uses; a report of its use may name no others. */
  models: z.array(modelName).max(50).optional(),
  /** Whether the developer's own wallet pays what a use costs beyond its price. */
  subsidised: z.boolean().optional(),
  revenueShare: z.strictObject({ operatorBps }),
});
export type Manifest = z.output<typeof manifest>;

/** Fault that the automatic checks found in a manifest, with the JSON Pointer of its place. */
export const manifestFault = z.strictObject({
  code: z.enum(manifestFaultCodes),
  pointer: text(200),
  priceModel: priceModel.optional(),
  /** Model that the price does not cover, and the price per unit that would. */
  model: modelName.optional(),
  leastUnitPrice: unitPrice.optional(),
});
export type ManifestFault = z.output<typeof manifestFault>;

const versionStatus = z.enum(['draft', 'submitted', 'approved', 'rejected', 'published', 'deprecated', 'withdrawn']);

/**
 * In the stream `name-slug-<name>`. After `expiresAt` another owner may take the reservation, once
 * the app that it was for has been given up.
 */
export const NameReserved = event(
  'NameReserved',
  'A slug was reserved for an app under creation.',
  z.strictObject({ name: text(63), ownerId: text(40), partyId, expiresAt: instant }),
);
export const NameConfirmed = event(
  'NameConfirmed',
  'The app of a reserved slug exists.',
  z.strictObject({ name: text(63), ownerId: text(40) }),
);
export const NameRefused = event(
  'NameRefused',
  'A reservation of a slug was refused: it is taken, or looks like one that is.',
  z.strictObject({
    name: text(63),
    ownerId: text(40),
    code: codesOf(appRegistryRefusals, 'reserveName', 'confirmName'),
  }),
);

const app = { appId: typeId('app'), slug, developerId: partyId };
const version = { ...app, version: z.int().min(1) };

export const AppCreated = event(
  'AppCreated',
  'A developer created an app.',
  z.strictObject({ ...app, name: text(100) }),
);
export const VersionDrafted = event(
  'VersionDrafted',
  'A developer drafted a version of an app; its manifest is valid.',
  z.strictObject({ ...version, manifest }),
);
export const VersionSubmitted = event(
  'VersionSubmitted',
  'A version was submitted for approval.',
  z.strictObject(version),
);
export const VersionApproved = event('VersionApproved', 'The operator approved a version.', z.strictObject(version));
export const VersionRejected = event(
  'VersionRejected',
  'A version was rejected: by the automatic checks, with the faults that they found, or by the operator, with reasons.',
  z.strictObject({
    ...version,
    faults: z.array(manifestFault).min(1).max(500).optional(),
    reasons: z.array(text(500)).min(1).max(20).optional(),
  }),
);
export const VersionPublished = event(
  'VersionPublished',
  'A version was published: its prices are in force from the stated time on, and never change.',
  z.strictObject({
    ...version,
    name: text(100),
    manifest,
    effectiveFrom: instant,
    /** Null: those who subscribed to an earlier version keep its terms. */
    subscriptionsFrom: instant.nullable(),
  }),
);
export const VersionDeprecated = event(
  'VersionDeprecated',
  'A version takes no new subscriptions.',
  z.strictObject(version),
);
/**
 * Of a version never published or not yet in force: its prices never applied, nobody subscribed.
 */
export const VersionWithdrawn = event(
  'VersionWithdrawn',
  'A version was withdrawn: a draft, or a published one before it took effect.',
  z.strictObject(version),
);
export const AppSuspended = event('AppSuspended', 'The operator suspended an app.', z.strictObject(app));
export const AppReinstated = event('AppReinstated', "The operator lifted an app's suspension.", z.strictObject(app));
export const AppRefused = event(
  'AppRefused',
  'A command to an app or a version was refused in its current state.',
  z.strictObject({
    appId: typeId('app'),
    code: codesOf(
      appRegistryRefusals,
      'createApp',
      'giveUpApp',
      'suspendApp',
      'reinstateApp',
      'draftVersion',
      'submitVersion',
      'approveVersion',
      'rejectVersion',
      'publishVersion',
      'deprecateVersion',
      'withdrawVersion',
    ),
    version: z.int().min(1).optional(),
    /** Status of the version, and the status that the step needs. */
    versionStatus: versionStatus.optional(),
    allowed: z.array(versionStatus).optional(),
    /** Time of effect of the version that it would have to follow. */
    scheduledFor: instant.optional(),
  }),
);

/** Slugs, and whose they are. */
export const nameEvents = [NameReserved, NameConfirmed, NameRefused] as const;
/** Apps as a whole. */
export const appEvents = [AppCreated, AppSuspended, AppReinstated, AppRefused] as const;
/** Versions of apps, from their draft to their end. */
export const versionEvents = [
  VersionDrafted,
  VersionSubmitted,
  VersionApproved,
  VersionRejected,
  VersionPublished,
  VersionDeprecated,
  VersionWithdrawn,
] as const;
export const appRegistryEvents = [
  ...nameEvents,
  ...appEvents,
  ...versionEvents,
  ...modelNameEvents,
  ...modelEvents,
  ...subscriptionEvents,
] as const;
export type AppRegistryEvent = EventOf<(typeof appRegistryEvents)[number]>;
export const appRegistryCatalogue = catalogue('app-registry', appRegistryEvents, {
  outsideUse: 'catalogue, prices, subscriptions',
  grant: 'integrators of the market; subscriptions name parties',
});
