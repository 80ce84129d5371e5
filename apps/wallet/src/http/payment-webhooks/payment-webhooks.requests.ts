import { amount, currency, paymentNoticeKind, text, typeId } from '@tokengrid/contracts';
import { z } from 'zod';

const types = paymentNoticeKind.options.map((kind) => `payment.${kind}` as const);

/** A notice about a payment's money. */
const PaymentNotice = z
  .looseObject({
    type: z.enum(types),
    data: z
      .looseObject({
        purchaseId: typeId('pur').meta({ description: 'Id of the purchase, as in the request for its payment' }),
        paymentId: text(255).optional(),
        amount: amount.meta({
          description: 'Minor units of the currency that this notice reports as paid, going back, or staying after all',
          example: '500',
        }),
        currency,
        reason: text(500).optional().meta({ description: 'Reason of the failure' }),
      })
      .meta({ id: 'PaymentNoticeData' }),
  })
  .meta({ id: 'PaymentNotice' });
export type PaymentNotice = z.output<typeof PaymentNotice>;

const isKnown = (type: string): boolean => (types as readonly string[]).includes(type);

/** Any other notice of the provider: accepted and ignored. */
const OtherNotice = z.looseObject({ type: z.string().refine((type) => !isKnown(type)) }).meta({ id: 'OtherNotice' });

export const PaymentWebhook = z
  .union([PaymentNotice, OtherNotice])
  .meta({ id: 'PaymentWebhook', description: 'Notice, signed by Standard Webhooks 1.0' });
export type PaymentWebhook = z.output<typeof PaymentWebhook>;

/** True if a webhook is about a payment's money. */
export const isPaymentNotice = (webhook: PaymentWebhook): webhook is PaymentNotice => isKnown(webhook.type);

/** Kind of a notice. */
export const kindOf = ({ type }: PaymentNotice) => paymentNoticeKind.parse(type.slice('payment.'.length));
