import { amount } from '@tokengrid/contracts';
import { z } from 'zod';
import { largestMove, tokens } from '../amounts.ts';

export const PlanRequest = z
  .strictObject({
    tokens: tokens.meta({ description: "µAIT per month of the operator's", example: '5000000' }),
    rolloverCap: amount
      .refine((most) => most <= largestMove, 'must not be larger than 10^24')
      .meta({ description: 'maximum µAIT that roll over into the next month', example: '1000000' }),
    transferable: z.boolean().default(false),
  })
  .meta({ id: 'PlanRequest' });
export type PlanRequest = z.output<typeof PlanRequest>;
