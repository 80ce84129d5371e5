import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';
import { decimal, money } from '../amounts.ts';
import { refusal } from '../refusal.ts';

export const PurchaseAnswer = z
  .strictObject({
    purchaseId: z.string(),
    walletId: z.string(),
    tokens: decimal,
    method: z.string(),
    price: money,
    status: z.enum(['completed', 'pending']).meta({ description: 'pending: waits for the payment provider' }),
  })
  .meta({ id: 'Purchase' });

export const SaleAnswer = z
  .strictObject({
    saleId: z.string(),
    walletId: z.string(),
    tokens: decimal,
    price: money,
    status: z.literal('completed'),
  })
  .meta({ id: 'Sale' });

export const PurchaseCancelledAnswer = z
  .strictObject({ purchaseId: z.string(), walletId: z.string(), tokens: decimal, status: z.literal('cancelled') })
  .meta({ id: 'PurchaseCancelled' });

/** What the operator sold to a wallet, and bought back. */
export const purchaseAnswers = {
  TokensPurchased: ({ data: { purchaseId, walletId, tokens, method, price, status } }) => ({
    status: 201,
    body: { purchaseId, walletId, tokens, method, price, status },
  }),
  PurchasePending: ({ data: { purchaseId, walletId, tokens, method, price, status } }) => ({
    status: 201,
    body: { purchaseId, walletId, tokens, method, price, status },
  }),
  TokensSold: ({ data: { saleId, walletId, tokens, price } }) => ({
    status: 201,
    body: { saleId, walletId, tokens, price, status: 'completed' },
  }),
  PurchaseCancelled: ({ data }) => ({ status: 200, body: { ...data, status: 'cancelled' } }),
  PurchaseCancellationRefused: refusal,
  PurchaseRefused: refusal,
  SaleRefused: refusal,
} satisfies Partial<Answers<WalletEvent>>;
