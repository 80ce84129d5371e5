import { z } from 'zod';
import { modelName, slug } from '../app-registry.ts';
import { partyId } from '../ids.ts';
import { positiveAmount, positiveSum } from '../money.ts';
import { instant } from '../vocabulary.ts';

/** Where the tokens of a lot came from. */
export const lotSource = z.enum(['purchase', 'plan', 'voucher', 'promotion', 'transfer', 'earnings', 'refund']);
export type LotSource = z.output<typeof lotSource>;

/** What a voucher's tokens may pay for: uses in its scope, each of them in part. */
export const voucherTerms = z.strictObject({
  /** Who gets back what was not used: a party, or the operator, whose tokens expire instead. */
  funder: partyId,
  /** Absent: any app, as with models. */
  apps: z.array(slug).min(1).max(50).optional(),
  models: z.array(modelName).min(1).max(50).optional(),
  /** Most of one charge that it pays, in basis points. */
  shareBps: z.int().min(1).max(10_000),
  /** Most µAIT of one charge that it pays. */
  capPerUse: positiveAmount.optional(),
});
export type VoucherTerms = z.output<typeof voucherTerms>;

/** Tokens that came in together. `expiresAt` null: never. */
export const lot = z.strictObject({
  lotId: z.string().min(1).max(80),
  source: lotSource,
  tokens: positiveSum,
  /** Lower burns down first. */
  priority: z.int().min(0).max(1000),
  expiresAt: instant.nullable(),
  transferable: z.boolean(),
  voucher: voucherTerms.optional(),
});
export type Lot = z.output<typeof lot>;

/** What a debit took from one lot, and when that would have expired (absent: never). */
export const lotTaken = z.strictObject({ lotId: z.string(), tokens: positiveSum, expiresAt: instant.optional() });
export type LotTaken = z.output<typeof lotTaken>;

/** Tokens on their way, and when they expire (null: never): what is sent on keeps its end. */
export const parcel = z.strictObject({ tokens: positiveSum, expiresAt: instant.nullable() });
export type Parcel = z.output<typeof parcel>;
export const parcels = z.array(parcel).min(1);
