import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { fiat, positiveAmount, positiveSum, sum } from '../money.ts';
import { instant, text } from '../vocabulary.ts';
import { lot, lotTaken } from './lots.ts';
import { anyPostings, approval, approvalAction, method, onDay, proposal, quoteId, refusal, walletId } from './words.ts';

const purchase = { walletId, purchaseId: typeId('pur') };

/** What a payment provider says of a payment, as in its webhook's type: `payment.succeeded`. */
export const paymentNoticeKind = z.enum(['succeeded', 'failed', 'refunded', 'disputed', 'dispute_won']);
export type PaymentNoticeKind = z.output<typeof paymentNoticeKind>;

/** Notices about money that goes back to the party, or stays after all. */
export const moneyBackKind = paymentNoticeKind.extract(['refunded', 'disputed', 'dispute_won']);
export type MoneyBackKind = z.output<typeof moneyBackKind>;

const notice = {
  ...purchase,
  /** The provider's id of its notice. */
  noticeId: text(255),
  kind: paymentNoticeKind,
  /** What was paid, or goes back, by the notice. */
  paid: fiat,
  /** The provider's own id of the payment, if the notice says one. */
  paymentId: text(255).optional(),
};

/** With `CapacityReserved`: what it would issue is reserved until it is paid, fails, is cancelled or expires. */
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
    /** Counts for limits per month. */
    ...onDay,
    /** A payment that is confirmed later buys at the price in force then. */
    priceHoldsUntil: instant,
    /** Paid by then, or expired. */
    expiresAt: instant,
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
    code: z.enum(['WALLET.PAYMENT_FAILED', 'WALLET.PAYMENT_REFUSED']),
    /** In the provider's words. */
    reason: text(500).optional(),
  }),
);

/** With `CapacityFreed`. */
export const PurchaseExpired = event(
  'PurchaseExpired',
  'A purchase was not paid in time; nothing was issued.',
  z.strictObject({ ...purchase, tokens: positiveAmount }),
);

/** With `CapacityFreed`. */
export const PurchaseCancelled = event(
  'PurchaseCancelled',
  'A purchase that waited to be paid was given up; nothing was issued.',
  z.strictObject({ ...purchase, tokens: positiveAmount }),
);

export const PurchaseCancellationRefused = event(
  'PurchaseCancellationRefused',
  'A purchase was to be given up that was resolved already.',
  z.strictObject({ ...purchase, code: z.enum(['WALLET.PURCHASE_RESOLVED']) }),
);

/** What it leads to follows: `PurchaseReversed`, `PurchaseRestored`, or nothing yet where it came before the payment itself. */
export const PaymentNoticeTaken = event(
  'PaymentNoticeTaken',
  "A payment provider said that a payment's money goes back, or stays after all.",
  z.strictObject({ ...notice, kind: moneyBackKind }),
);

export const PaymentNoticeIgnored = event(
  'PaymentNoticeIgnored',
  'What a payment provider said about a purchase was known already.',
  z.strictObject({ ...notice, code: z.enum(['WALLET.PURCHASE_RESOLVED']) }),
);

/** Nothing of it is applied: somebody has to look at the money. */
export const PaymentContradicted = event(
  'PaymentContradicted',
  'What a payment provider said about a purchase does not agree with what is known; it waits for the operator.',
  z.strictObject({
    ...notice,
    code: z.enum([
      'WALLET.PAYMENT_MISMATCH',
      'WALLET.PAYMENT_CONTRADICTED',
      'WALLET.ISSUANCE_EXHAUSTED',
      'WALLET.NOTHING_BOUGHT',
    ]),
  }),
);

/** With `CapacityFreed` for what was taken from lots. What a wallet does not have any more is its debt. */
export const PurchaseReversed = event(
  'PurchaseReversed',
  'Money of a purchase went back; the tokens that it had bought are taken back, or owed.',
  z.strictObject({
    ...purchase,
    kind: z.enum(['refund', 'chargeback', 'operator']),
    /** The money that went back. */
    price: fiat,
    /** µAIT that it had bought: those taken, and those owed. */
    tokens: sum,
    lots: z.array(lotTaken),
    /** µAIT that are owed for it. */
    debt: sum,
    postings: anyPostings,
  }),
);

/** With `CapacityUsed` for what was issued again. */
export const PurchaseRestored = event(
  'PurchaseRestored',
  'Money of a purchase stays after all; the tokens that were taken for it are given back.',
  z.strictObject({
    ...purchase,
    price: fiat,
    /** µAIT given back: those no longer owed, and those issued. */
    tokens: sum,
    /** µAIT of them that were owed, and are no longer. */
    debt: sum,
    lot: lot.nullable(),
    postings: anyPostings,
  }),
);

/** With `CapacityFreed`. */
export const DebtPaid = event(
  'DebtPaid',
  "Tokens that came in paid for a wallet's debt.",
  z.strictObject({
    walletId,
    tokens: positiveSum,
    /** µAIT still owed. */
    debt: sum,
    lots: z.array(lotTaken).min(1),
    postings: anyPostings,
  }),
);

/** What the operator does about a notice that contradicts what is known. */
export const contradictionAction = z.enum(['credit', 'dismiss', 'reverse']);
export type ContradictionAction = z.output<typeof contradictionAction>;

const resolution = { noticeId: text(255), action: contradictionAction, note: text(500) };

export const ContradictionResolutionProposed = event(
  'ContradictionResolutionProposed',
  'The operator wants to resolve a payment that contradicts itself: somebody else has to approve it.',
  z.strictObject({ ...proposal, ...notice, ...resolution }),
);

/** Before `PaymentContradictionResolved`. */
export const ContradictionResolutionApproved = event(
  'ContradictionResolutionApproved',
  'A second person approved how a payment that contradicts itself is resolved.',
  z.strictObject({ walletId, ...approval }),
);

export const ContradictionResolutionRejected = event(
  'ContradictionResolutionRejected',
  'A second person rejected how a payment that contradicts itself was to be resolved.',
  z.strictObject({ walletId, ...approval, reason: text(200).optional() }),
);

/** What had been proposed still waits, unless it was resolved before. */
export const ContradictionResolutionRefused = event(
  'ContradictionResolutionRefused',
  'How a payment that contradicts itself is resolved could not be proposed, approved or rejected.',
  z.strictObject({ walletId, ...approval, action: approvalAction, ...refusal }),
);

/** Before what it leads to: `TokensPurchased`, `PurchaseReversed`, `PurchaseRestored`, or nothing. */
export const PaymentContradictionResolved = event(
  'PaymentContradictionResolved',
  'A payment that contradicts itself was resolved by two persons of the operator.',
  z.strictObject({ ...purchase, ...resolution }),
);

/** Payments that contradict themselves, and how the operator resolves them. */
export const contradictionEvents = [
  PaymentContradicted,
  ContradictionResolutionProposed,
  ContradictionResolutionApproved,
  ContradictionResolutionRejected,
  ContradictionResolutionRefused,
  PaymentContradictionResolved,
] as const;

/** Purchases through a payment provider, until they are paid (`TokensPurchased`) or not, and what becomes of their money. */
export const paymentEvents = [
  PurchasePending,
  PaymentRequested,
  PurchaseFailed,
  PurchaseExpired,
  PurchaseCancelled,
  PurchaseCancellationRefused,
  PaymentNoticeTaken,
  PaymentNoticeIgnored,
  PurchaseReversed,
  PurchaseRestored,
  DebtPaid,
] as const;
