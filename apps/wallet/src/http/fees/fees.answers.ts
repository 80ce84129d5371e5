import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';

export const FeesRetirementAnswer = z
  .strictObject({
    retirementId: z.string(),
    tokens: decimal.meta({ description: 'µAIT retired' }),
    lanes: z.array(z.strictObject({ lane: z.int(), tokens: decimal })),
  })
  .meta({ id: 'FeesRetirement' });

/** Answers of fee retirement. */
export const feesAnswers = {
  FeesRetirementOrdered: ({ data }) => ({ status: 200, body: data }),
  FeesRetirementRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
