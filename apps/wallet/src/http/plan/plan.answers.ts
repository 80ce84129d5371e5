import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { decimal } from '../amounts.ts';

export const PlanAnswer = z
  .strictObject({
    planId: z.string(),
    walletId: z.string(),
    tokens: decimal.meta({ description: "µAIT per month of the operator's", example: '5000000' }),
    rolloverCap: decimal.meta({ description: 'maximum µAIT left after a reset', example: '1000000' }),
    transferable: z.boolean(),
    resetsAt: z.string(),
    status: z.literal('active'),
  })
  .meta({ id: 'Plan' });

export const PlanEndedAnswer = z
  .strictObject({ planId: z.string(), walletId: z.string(), status: z.literal('ended') })
  .meta({ id: 'PlanEnded', description: 'unused tokens stay until the month ends' });

/** Answers of plans. */
export const planAnswers = {
  PlanAssigned: ({ data: { planId, walletId, tokens, rolloverCap, transferable, resetsAt } }) => ({
    status: 200,
    body: { planId, walletId, tokens, rolloverCap, transferable, resetsAt, status: 'active' },
  }),
  PlanEnded: ({ data: { planId, walletId } }) => ({ status: 200, body: { planId, walletId, status: 'ended' } }),
  PlanRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
