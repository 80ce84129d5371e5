import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { amount, positiveAmount } from '../money.ts';
import { instant, text } from '../vocabulary.ts';
import { voucherTerms } from './lots.ts';
import { approval, approvalAction, planId, proposal, refusalFields, walletId } from './words.ts';
import { proposalCodes } from './words.ts';

/** A grant in full: an approval covers exactly this. */
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
    /** µAIT per calendar month of the operator. */
    tokens: positiveAmount,
    rolloverCap: amount,
    transferable: z.boolean(),
  }),
]);
export type Grant = z.output<typeof grant>;

const proposed = { walletId, ...approval };

export const GrantProposed = event(
  'GrantProposed',
  "A grant to a wallet was proposed: it needs a second person's approval.",
  z.strictObject({ walletId, ...proposal, grant }),
);

/** Stated before the event of the grant. */
export const GrantApproved = event(
  'GrantApproved',
  'A second person approved a grant to a wallet.',
  z.strictObject(proposed),
);

export const GrantRejected = event(
  'GrantRejected',
  'A second person rejected a grant to a wallet.',
  z.strictObject({ ...proposed, reason: text(200).optional() }),
);

/** The proposal keeps waiting, unless it was resolved before. */
export const GrantApprovalRefused = event(
  'GrantApprovalRefused',
  'A proposal, approval or rejection of a grant was refused.',
  z.strictObject({
    ...proposed,
    action: approvalAction,
    ...refusalFields('approveGrant', 'rejectGrant'),
    code: proposalCodes('approveGrant', 'rejectGrant'),
  }),
);

/** Events of grants that need a second person's approval. */
export const grantApprovalEvents = [GrantProposed, GrantApproved, GrantRejected, GrantApprovalRefused] as const;
