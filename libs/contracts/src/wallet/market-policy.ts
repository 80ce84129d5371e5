import { z } from 'zod';
import { event } from '../event.ts';
import { amount, minorUnits } from '../money.ts';
import { text } from '../vocabulary.ts';
import { approval, approvalAction, proposal, refusalFields } from './words.ts';

/** Permission of the market policy, with a cap per party and month. */
const permission = z.strictObject({
  allowed: z.boolean(),
  /** µAIT per party and month of the operator. Absent: no cap. */
  monthlyCap: amount.optional(),
});

/** Terms of the market policy. */
export const marketTerms = {
  /**
   * Minor units that the carrier may bill a party per calendar month of the operator. Absent: no
   * limit.
   */
  billMonthlyLimit: minorUnits.optional(),
  /**
   * Minor units of purchases through the payment provider, per party and calendar month, unpaid
   * ones included. Absent: no limit.
   */
  providerMonthly: minorUnits.optional(),
  sending: permission,
  selling: permission,
  /** Actions that need a second person's approval. */
  approvals: z.strictObject({
    /** Grants of more µAIT than this. Absent: none. */
    grantsAbove: amount.optional(),
    /** Price changes of more basis points than this. Absent: none. */
    priceChangeAboveBps: z.int().min(0).max(1_000_000).optional(),
  }),
};

export const MarketPolicySet = event(
  'MarketPolicySet',
  'The operator set the market policy.',
  z.strictObject({ version: z.int().min(1), ...marketTerms }),
);

export const MarketPolicyProposed = event(
  'MarketPolicyProposed',
  "A looser market policy was proposed: it needs a second person's approval.",
  z.strictObject({ ...proposal, ...marketTerms }),
);

/** Stated before `MarketPolicySet`. */
export const MarketPolicyApproved = event(
  'MarketPolicyApproved',
  'A second person approved a market policy.',
  z.strictObject(approval),
);

export const MarketPolicyRejected = event(
  'MarketPolicyRejected',
  'A second person rejected a market policy.',
  z.strictObject({ ...approval, reason: text(200).optional() }),
);

/** The proposal keeps waiting, unless it was resolved before. */
export const MarketPolicyApprovalRefused = event(
  'MarketPolicyApprovalRefused',
  'A proposal, approval or rejection of a market policy was refused.',
  z.strictObject({
    ...approval,
    action: approvalAction,
    ...refusalFields('changeMarketPolicy', 'approveMarketPolicy', 'rejectMarketPolicy'),
  }),
);

/** Events of the stream `market-policy`. */
export const marketPolicyEvents = [
  MarketPolicySet,
  MarketPolicyProposed,
  MarketPolicyApproved,
  MarketPolicyRejected,
  MarketPolicyApprovalRefused,
] as const;
