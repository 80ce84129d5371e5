import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { fiat, positiveAmount } from '../money.ts';
import { text } from '../vocabulary.ts';
import { method, quoteId, walletId } from './words.ts';

const purchase = { walletId, purchaseId: typeId('pur') };

/** What a payment provider says became of a payment. */
export const paymentOutcome = z.enum(['succeeded', 'failed']);
export type PaymentOutcome = z.output<typeof paymentOutcome>;

/** With `CapacityUsed`: what it would issue is reserved until it is paid or fails. */
export const PurchasePending = event(
  'PurchasePending',
  'A purchase waits for the payment provider to say that it was paid.',
  z.strictObject({
    ...purchase,
    tokens: positiveAmount,
    method,
    price: fiat,
    priceVersion: z.int(),
    quoteId: quoteId.optional(),
    status: z.enum(['pending']),
  }),
);

export const PaymentRequested = event(
  'PaymentRequested',
  'The payment provider took a purchase on: it can be paid.',
  z.strictObject({
    ...purchase,
    /** The provider's own id of the payment. */
    paymentId: text(255),
    /** Where the party pays. */
    paymentUrl: text(2000).optional(),
  }),
);

/** With `CapacityFreed`. */
export const PurchaseFailed = event(
  'PurchaseFailed',
  'A purchase was not paid; nothing was issued.',
  z.strictObject({
    ...purchase,
    tokens: positiveAmount,
    code: z.enum(['PAYMENT_FAILED', 'PAYMENT_REFUSED']),
    /** In the provider's words. */
    reason: text(500).optional(),
  }),
);

/** A notice that is signed and still changes nothing: it is kept because somebody may have to look at the money. */
export const PaymentNoticeIgnored = event(
  'PaymentNoticeIgnored',
  'What a payment provider said about a purchase changed nothing.',
  z.strictObject({
    ...purchase,
    noticeId: text(255),
    outcome: paymentOutcome,
    /** What was paid, by the notice. */
    paid: fiat,
    code: z.enum(['WALLET.PAYMENT_MISMATCH', 'WALLET.PURCHASE_RESOLVED', 'WALLET.PAYMENT_CONTRADICTED']),
  }),
);

/** Purchases through a payment provider, until they are paid (`TokensPurchased`) or fail. */
export const paymentEvents = [PurchasePending, PaymentRequested, PurchaseFailed, PaymentNoticeIgnored] as const;
