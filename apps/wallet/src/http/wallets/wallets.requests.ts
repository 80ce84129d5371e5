import { positiveAmount, text, typeId } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

/** Most µAIT that one request moves: 10^24, so that no sum of a wallet's comes near what the books can hold. */
export const largestMove = 10n ** 24n;

/** µAIT that a request moves. */
export const tokens = positiveAmount
  .refine((amount) => amount <= largestMove, 'must not be larger than 10^24')
  .meta({ description: 'whole µAIT (1 AIT = 1,000,000 µAIT), at most 10^24, as a decimal string', example: '1250000' });

/** A quote whose price a purchase or sale is to have. */
const quoteId = typeId('quo').optional().meta({ description: 'without it, the posted price holds' });

export const QuoteRequest = z.strictObject({ side: z.enum(['buy', 'sell']), tokens }).meta({ id: 'QuoteRequest' });
export type QuoteRequest = z.output<typeof QuoteRequest>;

export const PurchaseRequest = z
  .strictObject({ tokens, method: z.enum(['carrier-bill', 'payment-provider']), quoteId })
  .meta({
    id: 'PurchaseRequest',
    description: 'by the method payment-provider a purchase is pending until it is paid',
  });
export type PurchaseRequest = z.output<typeof PurchaseRequest>;

export const SaleRequest = z.strictObject({ tokens, quoteId }).meta({ id: 'SaleRequest' });

export type SaleRequest = z.output<typeof SaleRequest>;

export const TransferRequest = z
  .strictObject({ toWalletId: typeId('wal'), tokens, memo: text(140).optional() })
  .meta({ id: 'TransferRequest' });
export type TransferRequest = z.output<typeof TransferRequest>;

export const GrantRequest = z
  .strictObject({
    tokens,
    source: z.enum(['plan', 'promotion']),
    expiresAt: sentTime.optional(),
    transferable: z.boolean(),
  })
  .meta({ id: 'GrantRequest', description: 'without expiresAt the tokens never expire' });
export type GrantRequest = z.output<typeof GrantRequest>;
