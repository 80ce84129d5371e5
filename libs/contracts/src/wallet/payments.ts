import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { fiat, positiveAmount, positiveSum, sum } from '../money.ts';
import { instant, text } from '../vocabulary.ts';
import { lot, lotTaken } from './lots.ts';
import {
  anyPostings,
  approval,
  approvalAction,
  method,
  onDay,
  proposal,
  quoteId,
  refusalFields,
  walletId,
} from './words.ts';

const purchase = { walletId, purchaseId: typeId('pur') };

/** Kind of a payment provider's notice, from its webhook's type: `payment.succeeded`. */
export const paymentNoticeKind = z.enum(['succeeded', 'failed', 'refunded', 'disputed', 'dispute_won']);
export type PaymentNoticeKind = z.output<typeof paymentNoticeKind>;

/** Kinds of notices about money that goes back to the party, or stays after all. */
export const moneyBackKind = paymentNoticeKind.extract(['refunded', 'disputed', 'dispute_won']);
export type MoneyBackKind = z.output<typeof moneyBackKind>;

const notice = {
  ...purchase,
  /** Id of the notice at the provider. */
  noticeId: text(255),
  kind: paymentNoticeKind,
  /** Money that the notice reports as paid or going back. */
  paid: fiat,
  /** Id of the payment at the provider, if the notice has one. */
  paymentId: text(255).optional(),
};

/**
 * Stated with `CapacityReserved`: capacity stays reserved until the purchase is paid, fails, is
 * cancelled or expires.
 */
export const PurchasePending = event(
  'PurchasePending',
  'A purchase is pending until the payment provider confirms its payment.',
  z.strictObject({
    ...purchase,
    tokens: positiveAmount,
    method,
    price: fiat,
    priceVersion: z.int(),
    quoteId: quoteId.optional(),
    /** Day for the monthly limits. */
    ...onDay,
    /** A payment confirmed later buys at the price in force then. */
    priceHoldsUntil: instant,
    /** Deadline of the payment. */
    expiresAt: instant,
    status: z.enum(['pending']),
  }),
);

export const PaymentRequested = event(
  'PaymentRequested',
  'The payment provider accepted a purchase: it can be paid.',
  z.strictObject({
    ...purchase,
    /** Id of the payment at the provider. */
    paymentId: text(255),
    /** Address of the payment page. */
    paymentUrl: text(2000).optional(),
  }),
);

/** Stated with `CapacityFreed`. */
export const PurchaseFailed = event(
  'PurchaseFailed',
  'A purchase failed unpaid; nothing was issued.',
  z.strictObject({
    ...purchase,
    tokens: positiveAmount,
    code: z.enum(['WALLET.PAYMENT_FAILED', 'WALLET.PAYMENT_REFUSED']),
    /** Reason in the provider's words. */
    reason: text(500).optional(),
  }),
);

/** Stated with `CapacityFreed`. */
export const PurchaseExpired = event(
  'PurchaseExpired',
  'A purchase expired unpaid; nothing was issued.',
  z.strictObject({ ...purchase, tokens: positiveAmount }),
);

/** Stated with `CapacityFreed`. */
export const PurchaseCancelled = event(
  'PurchaseCancelled',
  'A pending purchase was cancelled; nothing was issued.',
  z.strictObject({ ...purchase, tokens: positiveAmount }),
);

export const PurchaseCancellationRefused = event(
  'PurchaseCancellationRefused',
  'A cancellation was refused: the purchase was already resolved.',
  z.strictObject({ ...purchase, code: z.enum(['WALLET.PURCHASE_RESOLVED']) }),
);

/**
 * Its effect follows: `PurchaseReversed`, `PurchaseRestored`, or none yet if it came before the
 * payment.
 */
export const PaymentNoticeTaken = event(
  'PaymentNoticeTaken',
  "A payment provider reported that a payment's money goes back, or stays after all.",
  z.strictObject({ ...notice, kind: moneyBackKind }),
);

export const PaymentNoticeIgnored = event(
  'PaymentNoticeIgnored',
  "A payment provider's notice about a purchase repeated what was known.",
  z.strictObject({ ...notice, code: z.enum(['WALLET.PURCHASE_RESOLVED']) }),
);

/** No part of it is applied: a person has to check the money. */
export const PaymentContradicted = event(
  'PaymentContradicted',
  "A payment provider's notice contradicts the state of its purchase; it waits for the operator.",
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

/**
 * Stated with `CapacityFreed` for tokens taken from lots. Tokens that the wallet no longer has
 * become its debt.
 */
export const PurchaseReversed = event(
  'PurchaseReversed',
  'Money of a purchase went back; the tokens that it had bought are taken back, or owed.',
  z.strictObject({
    ...purchase,
    kind: z.enum(['refund', 'chargeback', 'operator']),
    /** Money that went back. */
    price: fiat,
    /** µAIT that the money had bought: those taken, and those owed. */
    tokens: sum,
    lots: z.array(lotTaken),
    /** µAIT owed. */
    debt: sum,
    postings: anyPostings,
  }),
);

/** Stated with `CapacityUsed` for tokens issued again. */
export const PurchaseRestored = event(
  'PurchaseRestored',
  'Money of a purchase stays after all; the tokens taken for it are restored.',
  z.strictObject({
    ...purchase,
    price: fiat,
    /** µAIT restored: those no longer owed, and those issued. */
    tokens: sum,
    /** µAIT of them that were owed. */
    debt: sum,
    lot: lot.nullable(),
    postings: anyPostings,
  }),
);

/** Stated with `CapacityFreed`. */
export const DebtPaid = event(
  'DebtPaid',
  "Incoming tokens paid a part of a wallet's debt.",
  z.strictObject({
    walletId,
    tokens: positiveSum,
    /** µAIT still owed. */
    debt: sum,
    lots: z.array(lotTaken).min(1),
    postings: anyPostings,
  }),
);

/** Operator's action on a contradicting payment notice. */
export const contradictionAction = z.enum(['credit', 'dismiss', 'reverse']);
export type ContradictionAction = z.output<typeof contradictionAction>;

const resolution = { noticeId: text(255), action: contradictionAction, note: text(500) };

export const ContradictionResolutionProposed = event(
  'ContradictionResolutionProposed',
  "A resolution of a payment contradiction was proposed: it needs a second person's approval.",
  z.strictObject({ ...proposal, ...notice, ...resolution }),
);

/** Stated before `PaymentContradictionResolved`. */
export const ContradictionResolutionApproved = event(
  'ContradictionResolutionApproved',
  'A second person approved the resolution of a payment contradiction.',
  z.strictObject({ walletId, ...approval }),
);

export const ContradictionResolutionRejected = event(
  'ContradictionResolutionRejected',
  'A second person rejected the resolution of a payment contradiction.',
  z.strictObject({ walletId, ...approval, reason: text(200).optional() }),
);

/** The proposal keeps waiting, unless it was resolved before. */
export const ContradictionResolutionRefused = event(
  'ContradictionResolutionRefused',
  "A proposal, approval or rejection of a payment contradiction's resolution was refused.",
  z.strictObject({
    walletId,
    ...approval,
    action: approvalAction,
    ...refusalFields('proposeResolution', 'approveResolution', 'rejectResolution'),
  }),
);

/** Stated before its effect: `TokensPurchased`, `PurchaseReversed`, `PurchaseRestored`, or none. */
export const PaymentContradictionResolved = event(
  'PaymentContradictionResolved',
  'A payment contradiction was resolved by two persons of the operator.',
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

/** Events of purchases through a payment provider, and of their money. */
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
