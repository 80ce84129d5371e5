import { z } from 'zod';
import { meterName, modelName, slug } from '../market-words.ts';
import { event } from '../event.ts';
import { keyId, partyId, typeId } from '../ids.ts';
import { sum, unitPrice } from '../money.ts';
import { instant, text } from '../vocabulary.ts';
import { countedIn } from './counted.ts';

/** A slice: tokens that a wallet holds for one payer at one gateway process. */
export const sliceId = typeId('slc');

/** A process of the gateway, by the name of its lease. */
export const gatewayId = text(60);

/** Most apps and models that one slice is for. */
export const mostSliceUses = 20;

/**
 * What a slice may be spent on: a model, or an app and the model that it uses, by whose offer.
 */
export const sliceUse = z.strictObject({
  app: slug.optional(),
  model: modelName.optional(),
  offer: typeId('mod').optional(),
});
export type SliceUse = z.output<typeof sliceUse>;
export const sliceUses = z.array(sliceUse).min(1).max(mostSliceUses);

/** The report of a slice that a use was served in. */
export const ofReport = z.strictObject({ sliceId, report: z.int().min(1) });
export type OfReport = z.output<typeof ofReport>;

/** Whose slice it is, and at which process of the gateway. */
export const ofSlice = {
  sliceId,
  partyId,
  gatewayId,
  /** Epoch of the process' lease: of two, the higher one is alive. */
  epoch: z.int().min(1),
};

/** What a gateway asks a slice for. */
export const wantedOfSlice = {
  /** Request of the slice: 1 begins it, 2, 3 … renew it. */
  number: z.int().min(1),
  /** The payer's API key whose caps bind the slice; absent for keys without caps. */
  key: keyId.optional(),
  /** What its tokens may be spent on. */
  scope: sliceUses,
  /** µAIT wanted: more than what the slice has left. 0 renews it without tokens. */
  tokens: sum,
  /** µAIT of which one request at least can be served; 0: some are served without tokens. */
  atLeast: sum,
  /** µAIT of the slice that are not needed any more, and go back at once. */
  spare: sum,
};

/** Unit prices of an app's plan or a model that bound a slice. */
export const slicePrices = z.strictObject({
  /** `model:<name>` or `app:<slug>:<plan>`. */
  of: text(120),
  /** Offer of the model whose prices they are. */
  offer: typeId('mod').optional(),
  version: z.int().min(1),
  prices: z
    .array(
      z.strictObject({
        meter: meterName,
        unitPrice,
        aggregation: z.enum(['sum', 'count']),
        /** Units of a block: the price is one of each started block; absent: of each unit. */
        per: text(30).optional(),
        /** Units that this request sets aside, beside those of earlier ones: they cost nothing. */
        free: text(30).optional(),
      }),
    )
    .max(100),
});
export type SlicePrices = z.output<typeof slicePrices>;

/** The price list of a use: its app's plan decides, where it has an app, else its model's offer. */
export function listFor<List extends { readonly of: string; readonly offer?: string | undefined }>(
  lists: readonly List[],
  { app, model, offer }: SliceUse,
): List | undefined {
  if (app !== undefined) return lists.find(({ of }) => of.startsWith(`app:${app}:`));
  return lists.find((list) => list.of === `model:${model}` && (offer === undefined || list.offer === offer));
}

/** Free units of a subscription's period that are counted as used for a slice, or are no more. */
const setAside = z
  .array(
    z.strictObject({
      ...countedIn.shape,
      /** `<of>@<version>` of the plan's terms that hold for the period. */
      priceVersion: text(300),
    }),
  )
  .max(mostSliceUses)
  .optional();

/** In the stream `usage-<partyId>` of the payer. */
export const SliceOffered = event(
  'SliceOffered',
  'Terms of a slice were stated: what its tokens may be spent on, at which prices, and for how long.',
  z.strictObject({
    ...ofSlice,
    ...wantedOfSlice,
    /** What the payer pays: prices of the plans and models in its scope. */
    prices: z.array(slicePrices).max(mostSliceUses),
    /** What this request sets aside of plans that count; absent: nothing. */
    setAside,
    /** Time from which other prices are in force, within the slice's validity. */
    tariffChangesAt: instant.optional(),
    /** Time at which the gateway has stopped to spend. */
    validUntil: instant,
    /** Milliseconds after it within which uses are reported, and paid out of the hold. */
    graceMs: z.int().min(0),
    /** Milliseconds after which an unused slice is given back. */
    idleMs: z.int().min(1),
    /** Part of the slice, in basis points, below which what is left is renewed. */
    renewBelowBps: z.int().min(0).max(10_000),
  }),
);

/** Why a slice is not offered. */
export const sliceRefusals = [
  'too-many-slices',
  'another-is-open',
  'not-open',
  'recalled',
  'outdated-epoch',
  'terms-unknown',
  'period-over',
] as const;

/** In the stream `usage-<partyId>` of the payer. */
export const SliceRefused = event(
  'SliceRefused',
  'A slice was not offered, or not renewed.',
  z.strictObject({
    ...ofSlice,
    number: z.int().min(1),
    why: z.enum(sliceRefusals),
    /** What the terms wait for, as a parked use does. */
    waitsFor: text(200).optional(),
  }),
);

/** In the stream `usage-<partyId>` of the payer. */
export const SliceReported = event(
  'SliceReported',
  'A report of a slice had nothing new: all of its uses had been reported before.',
  z.strictObject({ partyId, ...ofReport.shape }),
);

/** Why slices are called back. */
export const recallReasons = ['frozen', 'suspended', 'key-revoked', 'limit-lowered', 'needed'] as const;
export type RecallReason = (typeof recallReasons)[number];

/** Most open slices of a payer, which bounds what its stream has to remember. */
export const mostOpenSlices = 32;

/** In the stream `usage-<partyId>` of the payer. */
export const SliceRecalled = event(
  'SliceRecalled',
  'Slices of a payer were called back: the gateway drops them within a second.',
  z.strictObject({
    partyId,
    sliceIds: z.array(sliceId).min(1).max(mostOpenSlices),
    reason: z.enum(recallReasons),
  }),
);

/** In the stream `usage-<partyId>` of the payer. */
export const SliceClosed = event(
  'SliceClosed',
  'A slice ended: what its hold still has goes back, once the named report is charged.',
  z.strictObject({
    ...ofSlice,
    /** Number of its reports that were rated. */
    reports: z.int().min(0),
    /** The last report of which a use costs something; 0: none does. */
    lastCharged: z.int().min(0),
    reason: z.enum(['returned', 'expired', 'refused']),
    /** What was set aside and not used, where that changes no cost; absent: nothing. */
    unused: setAside,
  }),
);

/** Slices, in the streams `usage-<partyId>`. */
export const sliceEvents = [SliceOffered, SliceRefused, SliceReported, SliceRecalled, SliceClosed] as const;

/** A slice that the wallet speaks of: its payer, and the request that is answered. */
export const heldSlice = z.strictObject({ sliceId, partyId, number: z.int().min(1) });

/** What a hold of a slice grants. */
export const grantedSlice = z.strictObject({
  ...heldSlice.shape,
  /** True if the wallet has nothing left beside it: at its end, `then` says what happens. */
  final: z.boolean(),
  /** What the wallet does when tokens run out: refuse, or buy on the carrier's bill. */
  then: z.enum(['stop', 'bill']),
});
