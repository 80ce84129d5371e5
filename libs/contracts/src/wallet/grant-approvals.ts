import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { amount, positiveAmount } from '../money.ts';
import { instant, text } from '../vocabulary.ts';
import { voucherTerms } from './lots.ts';
import { approval, approvalAction, planId, proposal, refusal, walletId } from './words.ts';

/** What the operator is about to give, in full: an approval is of exactly this. */
export const grant = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('grant'),
    grantId: typeId('grt'),
    tokens: positiveAmount,
    source: z.enum(['plan', 'promotion']),
    /** Null: never. */
    expiresAt: instant.nullable(),
    transferable: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('voucher'),
    voucherId: typeId('vch'),
    tokens: positiveAmount,
    terms: voucherTerms.omit({ funder: true }),
    expiresAt: instant,
  }),
  z.strictObject({
    kind: z.literal('plan'),
    planId,
    /** µAIT per calendar month of the operator's. */
    tokens: positiveAmount,
    rolloverCap: amount,
    transferable: z.boolean(),
  }),
]);
export type Grant = z.output<typeof grant>;

const proposed = { walletId, ...approval };

export const GrantProposed = event(
  'GrantProposed',
  'The operator wants to give a wallet more than one person may: somebody else has to approve it.',
  z.strictObject({ walletId, ...proposal, grant }),
);

/** Before the event of what was given. */
export const GrantApproved = event(
  'GrantApproved',
  'A second person approved what the operator gives a wallet.',
  z.strictObject(proposed),
);

export const GrantRejected = event(
  'GrantRejected',
  'A second person rejected what the operator wanted to give a wallet.',
  z.strictObject({ ...proposed, reason: text(200).optional() }),
);

/** What had been proposed still waits, unless it was resolved before. */
export const GrantApprovalRefused = event(
  'GrantApprovalRefused',
  'What the operator wants to give a wallet could not be proposed, approved or rejected.',
  z.strictObject({ ...proposed, action: approvalAction, ...refusal }),
);

/** What the operator gives only once a second person approved it. */
export const grantApprovalEvents = [GrantProposed, GrantApproved, GrantRejected, GrantApprovalRefused] as const;
