import { z } from 'zod';
import { event } from '../event.ts';
import { amount } from '../money.ts';

/** Whether parties may do something, and how much of it per party and month. */
const permission = z.strictObject({
  allowed: z.boolean(),
  /** µAIT per party and calendar month (UTC). Absent: no cap. */
  monthlyCap: amount.optional(),
});

/** What the operator allows on its market. */
export const marketTerms = {
  /** Minor units that a party may have billed by the carrier per calendar month (UTC). Absent: no limit. */
  billMonthlyLimit: amount.optional(),
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

/** Events of the stream `market-policy`. */
export const marketPolicyEvents = [MarketPolicySet] as const;
