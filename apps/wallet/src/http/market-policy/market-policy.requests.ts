import { amount } from '@tokengrid/contracts';
import { z } from 'zod';
import { minorUnitsPerMonth } from '../amounts.ts';

/** Maximum cap in µAIT: 10^27, as the capacity. */
const largestCap = 10n ** 27n;

const cap = amount
  .refine((tokens) => tokens <= largestCap, 'must not be larger than 10^27')
  .meta({ description: 'µAIT as a decimal string', example: '5000000' });

const permission = z.strictObject({
  allowed: z.boolean(),
  monthlyCap: cap.optional().meta({ description: 'µAIT per party and month of the operator; absent: no cap' }),
});

export const MarketPolicyRequest = z
  .strictObject({
    billMonthlyLimit: minorUnitsPerMonth.optional(),
    providerMonthly: minorUnitsPerMonth.optional().meta({
      description:
        "maximum minor units of a party's purchases through the payment provider per month of the operator, unpaid ones included",
    }),
    sending: permission.default({ allowed: true }),
    selling: permission.default({ allowed: true }),
    approvals: z
      .strictObject({
        grantsAbove: cap.optional(),
        priceChangeAboveBps: z.int().min(0).max(1_000_000).optional(),
      })
      .default({}),
  })
  .meta({
    id: 'MarketPolicyRequest',
    description: 'replaces the whole policy: an absent field sets no limit',
  });
export type MarketPolicyRequest = z.output<typeof MarketPolicyRequest>;
