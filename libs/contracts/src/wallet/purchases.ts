import { z } from 'zod';
import { event } from '../event.ts';
import { fiat, positiveAmount } from '../money.ts';
import { typeId } from '../ids.ts';
import { text } from '../vocabulary.ts';
import { memberIds } from './limits.ts';
import { lot, lotTaken } from './lots.ts';
import { method, onDay, postings, quoteId, refusalFields, walletId } from './words.ts';

export const TokensPurchased = event(
  'TokensPurchased',
  'A party bought tokens from the operator.',
  z.strictObject({
    walletId,
    purchaseId: typeId('pur'),
    tokens: positiveAmount,
    method,
    price: fiat,
    priceVersion: z.int(),
    quoteId: quoteId.optional(),
    /** Id of the payment at the provider. */
    paymentId: text(255).optional(),
    /** The order, if its price no longer held at payment. `tokens` is what the money bought. */
    ordered: z.strictObject({ tokens: positiveAmount, priceVersion: z.int() }).optional(),
    /** Bought for a charge that the wallet did not cover. */
    automatic: z.literal(true).optional(),
    ...onDay,
    memberIds,
    status: z.enum(['completed']),
    lot,
    postings,
  }),
);

export const PurchaseRefused = event(
  'PurchaseRefused',
  'A purchase was refused.',
  z.strictObject({ walletId, purchaseId: typeId('pur'), tokens: positiveAmount, ...refusalFields('purchaseTokens') }),
);

export const TokensSold = event(
  'TokensSold',
  'A party sold tokens back to the operator.',
  z.strictObject({
    walletId,
    saleId: typeId('sal'),
    tokens: positiveAmount,
    price: fiat,
    priceVersion: z.int(),
    quoteId: quoteId.optional(),
    ...onDay,
    memberIds,
    lots: z.array(lotTaken),
    postings,
  }),
);

export const SaleRefused = event(
  'SaleRefused',
  'A sale back to the operator was refused.',
  z.strictObject({ walletId, saleId: typeId('sal'), tokens: positiveAmount, ...refusalFields('sellTokens') }),
);

/** Events of purchases and sales. */
export const purchaseEvents = [TokensPurchased, PurchaseRefused, TokensSold, SaleRefused] as const;
