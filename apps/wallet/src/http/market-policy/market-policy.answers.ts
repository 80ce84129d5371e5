import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';

const microAit = z.string().meta({ description: 'µAIT as a decimal string', example: '5000000' });

const permission = z.strictObject({
  allowed: z.boolean(),
  monthlyCap: microAit.optional().meta({ description: 'µAIT per party and month of the operator; absent: no cap' }),
});

export const MarketPolicyAnswer = z
  .strictObject({
    version: z.int().meta({ description: '0 if none was set: everything is allowed' }),
    billMonthlyLimit: z.string().optional().meta({
      description: 'minor units that the carrier bills a party per month of the operator',
      example: '20000',
    }),
    providerMonthly: z.string().optional().meta({
      description: "maximum minor units of a party's purchases through the payment provider per month of the operator",
    }),
    sending: permission,
    selling: permission,
    approvals: z.strictObject({
      grantsAbove: microAit.optional(),
      priceChangeAboveBps: z.int().optional(),
    }),
  })
  .meta({ id: 'MarketPolicy' });

/** Answers of the market policy's events. */
export const marketPolicyAnswers = {
  MarketPolicySet: ({ data }) => ({ status: 200, body: data }),
} satisfies Partial<Answers<WalletEvent>>;
