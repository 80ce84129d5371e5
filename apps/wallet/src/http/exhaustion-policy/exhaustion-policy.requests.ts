import { exhaustionAction } from '@tokengrid/contracts';
import { z } from 'zod';
import { minorUnitsPerMonth } from '../amounts.ts';

export const ExhaustionPolicyRequest = z
  .strictObject({
    action: exhaustionAction.meta({
      description: '`stop` refuses a charge that the wallet does not cover; `bill` buys the lacking tokens on the bill',
      example: 'bill',
    }),
    monthlyCap: minorUnitsPerMonth.optional(),
  })
  .refine(({ action, monthlyCap }) => action === 'bill' || monthlyCap === undefined, {
    path: ['monthlyCap'],
    error: 'only for the action bill',
  })
  .meta({ id: 'ExhaustionPolicyRequest', description: 'without monthlyCap, only the limit of the bill holds' });
export type ExhaustionPolicyRequest = z.output<typeof ExhaustionPolicyRequest>;
