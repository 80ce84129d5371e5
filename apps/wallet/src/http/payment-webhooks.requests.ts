import { amount, currency, text, typeId } from '@tokengrid/contracts';
import { z } from 'zod';

/** What a payment provider says that something became of a payment. */
const PaymentNotice = z.looseObject({
  type: z.enum(['payment.succeeded', 'payment.failed']),
  data: z.looseObject({
    purchaseId: typeId('pur').meta({ description: 'as it was asked for' }),
    paymentId: text(255).optional(),
    amount: amount.meta({ description: 'minor units of the currency', example: '500' }),
    currency,
    reason: text(500).optional().meta({ description: 'why it failed' }),
  }),
});
export type PaymentNotice = z.output<typeof PaymentNotice>;

/** Providers tell of more than is asked here; what is none of these is taken and left alone. */
const OtherNotice = z.looseObject({
  type: z.string().refine((type) => type !== 'payment.succeeded' && type !== 'payment.failed'),
});

export const PaymentWebhook = z
  .union([PaymentNotice, OtherNotice])
  .meta({ id: 'PaymentWebhook', description: 'signed by Standard Webhooks 1.0' });
export type PaymentWebhook = z.output<typeof PaymentWebhook>;

/** Whether a webhook is about a payment's outcome. */
export const isPaymentNotice = (webhook: PaymentWebhook): webhook is PaymentNotice =>
  webhook.type === 'payment.succeeded' || webhook.type === 'payment.failed';
