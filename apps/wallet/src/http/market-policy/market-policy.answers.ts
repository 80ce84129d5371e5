import type { WalletEvent } from '@tokengrid/contracts';
import type { Answers } from '@tokengrid/service';
import { z } from 'zod';

const microAit = z.string().meta({ description: 'µAIT as a decimal string', example: '5000000' });

const permission = z.strictObject({
  allowed: z.boolean(),
  monthlyCap: microAit.optional().meta({ description: "µAIT per party and month of the operator's; absent: no cap" }),
});

export const MarketPolicyAnswer = z
  .strictObject({
    version: z.int().meta({ description: '0 while none was set: all is allowed' }),
    billMonthlyLimit: z.string().optional().meta({
      description: "minor units that the carrier bills a party per month of the operator's",
      example: '20000',
    }),
    providerMonthly: z.string().optional().meta({
      description: "minor units that a party may buy for through the payment provider per month of the operator's",
    }),
    sending: permission,
    selling: permission,
    approvals: z.strictObject({
      grantsAbove: microAit.optional(),
      priceChangeAboveBps: z.int().optional(),
    }),
  })
  .meta({ id: 'MarketPolicy' });

/** Rules of the market. */
export const marketPolicyAnswers = {
  MarketPolicySet: ({ data }) => ({ status: 200, body: data }),
} satisfies Partial<Answers<WalletEvent>>;
