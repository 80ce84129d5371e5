import { z } from 'zod';
import { tokens } from '../amounts.ts';

/** Caps of a wallet or a member. */
export const caps = {
  daily: tokens.optional().meta({ description: 'maximum µAIT spent per day of the operator; no limit if absent' }),
  monthly: tokens.optional().meta({ description: 'maximum µAIT spent per month of the operator' }),
};

export const LimitsRequest = z
  .strictObject({
    ...caps,
    alertsAt: z
      .array(z.int().min(1).max(100))
      .max(10)
      .default([])
      .meta({ description: 'percentages of the limits at which `SpendAlertRaised` is stated', example: [80, 100] }),
  })
  .meta({ id: 'LimitsRequest', description: 'replaces all earlier limits' });
export type LimitsRequest = z.output<typeof LimitsRequest>;
