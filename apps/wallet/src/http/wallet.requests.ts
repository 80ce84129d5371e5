import { instantOf, positiveAmount, text, typeId } from '@tokengrid/contracts';
import { z } from 'zod';

/** Most µAIT that one request moves: 10^24, so that no sum of a wallet's comes near what the books can hold. */
const largestMove = 10n ** 24n;

/** µAIT that a request moves. */
const tokens = positiveAmount
  .refine((amount) => amount <= largestMove, 'must not be larger than 10^24')
  .meta({ description: 'whole µAIT (1 AIT = 1,000,000 µAIT), at most 10^24, as a decimal string', example: '1250000' });

/** A time as callers write it, with any offset; epoch milliseconds in code. */
export const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as "2026-01-31T08:00:00Z"' })
  .transform((text) => Date.parse(text))
  .refine((epochMs) => Number.isFinite(epochMs), 'must be a time that there is')
  .meta({ description: 'ISO 8601 with an offset', example: instantOf(Date.UTC(2027, 0, 31, 8)) });

export const PurchaseRequest = z
  .strictObject({ tokens, method: z.enum(['carrier-bill', 'payment-provider']) })
  .meta({ id: 'PurchaseRequest', description: 'payment-provider is not there yet and answers 409' });
export type PurchaseRequest = z.output<typeof PurchaseRequest>;

export const SaleRequest = z.strictObject({ tokens }).meta({ id: 'SaleRequest' });
export type SaleRequest = z.output<typeof SaleRequest>;

export const TransferRequest = z
  .strictObject({ toWalletId: typeId('wal'), tokens, memo: text(140).optional() })
  .meta({ id: 'TransferRequest' });
export type TransferRequest = z.output<typeof TransferRequest>;

export const GrantRequest = z
  .strictObject({
    tokens,
    source: z.enum(['plan', 'promotion']),
    expiresAt: time.optional(),
    transferable: z.boolean(),
  })
  .meta({ id: 'GrantRequest', description: 'without expiresAt the tokens never expire' });
export type GrantRequest = z.output<typeof GrantRequest>;
