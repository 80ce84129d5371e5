import { z } from 'zod';
import { modelName, slug } from '../market-words.ts';
import { partyId } from '../ids.ts';
import { positiveAmount, positiveSum } from '../money.ts';
import { instant } from '../vocabulary.ts';

/** Origin of a lot's tokens. */
export const lotSource = z.enum(['purchase', 'plan', 'voucher', 'promotion', 'transfer', 'earnings', 'refund']);
export type LotSource = z.output<typeof lotSource>;

/** Terms of a voucher: the uses that it may pay for, and the share of each. */
export const voucherTerms = z.strictObject({
  /** Party that gets back unused tokens; for the operator they expire instead. */
  funder: partyId,
  /** Absent: any app; models likewise. */
  apps: z.array(slug).min(1).max(50).optional(),
  models: z.array(modelName).min(1).max(50).optional(),
  /** Maximum share of one charge, in basis points. */
  shareBps: z.int().min(1).max(10_000),
  /** Maximum µAIT of one charge. */
  capPerUse: positiveAmount.optional(),
});
export type VoucherTerms = z.output<typeof voucherTerms>;

/** Tokens that came in together. `expiresAt` null: never. */
export const lot = z.strictObject({
  lotId: z.string().min(1).max(80),
  source: lotSource,
  tokens: positiveSum,
  /** Lower priorities burn down first. */
  priority: z.int().min(0).max(1000),
  expiresAt: instant.nullable(),
  transferable: z.boolean(),
  voucher: voucherTerms.optional(),
});
export type Lot = z.output<typeof lot>;

/** Tokens that a debit took from one lot, with the lot's expiry (absent: never). */
export const lotTaken = z.strictObject({ lotId: z.string(), tokens: positiveSum, expiresAt: instant.optional() });
export type LotTaken = z.output<typeof lotTaken>;

/** Terms of a lot that tokens were taken from or given back to. */
export const lotTerms = lot.omit({ tokens: true });
export type LotTerms = z.output<typeof lotTerms>;

/** Tokens in transit, with their expiry (null: never), which a transfer keeps. */
export const parcel = z.strictObject({ tokens: positiveSum, expiresAt: instant.nullable() });
export type Parcel = z.output<typeof parcel>;
export const parcels = z.array(parcel).min(1);
