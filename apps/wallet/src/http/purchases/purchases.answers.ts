import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal, money } from '../amounts.ts';

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

export const PurchaseCancelledAnswer = z
  .strictObject({ purchaseId: z.string(), walletId: z.string(), tokens: decimal, status: z.literal('cancelled') })
  .meta({ id: 'PurchaseCancelled' });

export const PurchaseStateAnswer = PurchaseAnswer.extend({
  status: z.enum(['pending', 'completed', 'failed', 'expired', 'cancelled', 'reversed']).meta({
    description: 'reversed: all of its money went back. A payment after failure, expiry or cancellation completes it',
  }),
  paymentUrl: z
    .string()
    .optional()
    .meta({ description: 'address of the payment page, once the payment provider has stated it' }),
  expiresAt: z.string().optional().meta({ description: 'deadline of the payment' }),
  failure: z.strictObject({ code: z.string(), reason: z.string().optional() }).optional(),
  credited: decimal.optional().meta({ description: 'µAIT issued, once it was paid', example: '1250000' }),
  reversed: z
    .strictObject({ price: money, tokens: decimal })
    .optional()
    .meta({ description: 'money that went back, and the µAIT taken back or owed for it' }),
  createdAt: z.string(),
  resolvedAt: z.string().optional(),
}).meta({ id: 'PurchaseState' });

/** Answers of purchases. */
export const purchaseAnswers = {
  TokensPurchased: ({ data: { purchaseId, walletId, tokens, method, price, status } }) => ({
    status: 201,
    body: { purchaseId, walletId, tokens, method, price, status },
  }),
  PurchasePending: ({ data: { purchaseId, walletId, tokens, method, price, status } }) => ({
    status: 201,
    body: { purchaseId, walletId, tokens, method, price, status },
  }),
  PurchaseCancelled: ({ data }) => ({ status: 200, body: { ...data, status: 'cancelled' } }),
  PurchaseCancellationRefused: refusalOf,
  PurchaseRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
