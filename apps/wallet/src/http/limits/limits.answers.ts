import type { WalletEvent } from '@tokengrid/contracts';
import { type Answers, refusalOf } from '@tokengrid/service';
import { z } from 'zod';
import { type Caps, type Spent, spentBy } from '../../decisions/state/spending.ts';
import { decimal } from '../amounts.ts';

/** Caps as set. */
export const caps = { daily: decimal.optional(), monthly: decimal.optional() };

export const LimitsAnswer = z
  .strictObject({ walletId: z.string(), ...caps, alertsAt: z.array(z.int()) })
  .meta({ id: 'SpendLimits' });

const amount = (description: string) => z.string().meta({ description, example: '1250000' });

/** Caps, and the amounts that count against them. */
export const spendState = {
  daily: amount('µAIT a day of the operator’s').optional(),
  monthly: amount('µAIT a calendar month of the operator’s').optional(),
  spentToday: amount('µAIT charged, captured and sent today'),
  spentThisMonth: amount('µAIT charged, captured and sent this month'),
  held: amount('µAIT under open holds, which count as spent'),
};

export const LimitsStateAnswer = z
  .strictObject({
    walletId: z.string(),
    ...spendState,
    alertsAt: z.array(z.int()).meta({ description: 'percentages of the limits that raise an alert' }),
    reached: z
      .array(z.strictObject({ window: z.enum(['day', 'month']), percent: z.int() }))
      .meta({ description: 'thresholds reached today and this month' }),
  })
  .meta({ id: 'LimitsState' });

/** Amounts that count against caps on a day. */
export function spendingOf({ daily, monthly }: Caps, spent: Spent, held: bigint, day: string) {
  const { onDay, inMonth } = spentBy(spent, day);
  return {
    daily: daily ?? undefined,
    monthly: monthly ?? undefined,
    spentToday: onDay,
    spentThisMonth: inMonth,
    held,
  };
}

/** Answers of spend limits. */
export const limitAnswers = {
  SpendLimitsSet: ({ data }) => ({ status: 200, body: data }),
  SpendLimitsRefused: refusalOf,
} satisfies Partial<Answers<WalletEvent>>;
