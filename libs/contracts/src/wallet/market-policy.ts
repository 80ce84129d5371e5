import { z } from 'zod';
import { event } from '../event.ts';
import { amount, minorUnits } from '../money.ts';
import { text } from '../vocabulary.ts';
import { approval, approvalAction, proposal, refusal } from './words.ts';

/** Whether parties may do something, and how much of it per party and month. */
const permission = z.strictObject({
  allowed: z.boolean(),
  /** µAIT per party and month of the operator's. Absent: no cap. */
  monthlyCap: amount.optional(),
});

/** What the operator allows on its market. */
export const marketTerms = {
  /** Minor units that a party may have billed by the carrier per calendar month of the operator's. Absent: no limit. */
  billMonthlyLimit: minorUnits.optional(),
  /** Minor units that a party may buy for through the payment provider per calendar month, unpaid purchases counted. Absent: no limit. */
  providerMonthly: minorUnits.optional(),
  sending: permission,
  selling: permission,
  /** What takes a second person's approval. */
  approvals: z.strictObject({
    /** Grants of more than so many µAIT. Absent: none. */
    grantsAbove: amount.optional(),
    /** Price changes by more than so many basis points. Absent: none. */
    priceChangeAboveBps: z.int().min(0).max(1_000_000).optional(),
  }),
};

export const MarketPolicySet = event(
  'MarketPolicySet',
  'The operator set what is allowed on its market, and how much of it.',
  z.strictObject({ version: z.int().min(1), ...marketTerms }),
);

export const MarketPolicyProposed = event(
  'MarketPolicyProposed',
  'The operator wants to let one person do more alone than before: somebody else has to approve it.',
  z.strictObject({ ...proposal, ...marketTerms }),
);

/** Before `MarketPolicySet`. */
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

/** What had been proposed still waits, unless it was resolved before. */
export const MarketPolicyApprovalRefused = event(
  'MarketPolicyApprovalRefused',
  'A market policy could not be proposed, approved or rejected.',
  z.strictObject({ ...approval, action: approvalAction, ...refusal }),
);

/** Events of the stream `market-policy`. */
export const marketPolicyEvents = [
  MarketPolicySet,
  MarketPolicyProposed,
  MarketPolicyApproved,
  MarketPolicyRejected,
  MarketPolicyApprovalRefused,
] as const;
