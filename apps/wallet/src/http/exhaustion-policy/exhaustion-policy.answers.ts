import { exhaustionAction, type WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';

const minorUnits = z.string().meta({ description: 'minor units of the operator’s currency', example: '20000' });

export const ExhaustionPolicyAnswer = z
  .strictObject({
    walletId: z.string(),
    action: exhaustionAction,
    monthlyCap: minorUnits.nullable().meta({ description: 'null: only the limit of the bill' }),
  })
  .meta({ id: 'ExhaustionPolicy' });

export const ExhaustionAnswer = ExhaustionPolicyAnswer.extend({
  month: z.string().meta({ description: "month of the operator's", example: '2026-01' }),
  spent: minorUnits.meta({ description: 'minor units spent by this policy in that month' }),
}).meta({ id: 'Exhaustion' });

/** Answers of the exhaustion policy's events. */
export const exhaustionPolicyAnswers = {
  ExhaustionPolicySet: ({ data }) => ({ status: 200, body: data }),
  ExhaustionPolicyRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
