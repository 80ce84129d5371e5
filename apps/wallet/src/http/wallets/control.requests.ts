import { text, typeId } from '@tokengrid/contracts';
import { z } from 'zod';
import { tokens } from './wallets.requests.ts';

const caps = {
  daily: tokens
    .optional()
    .meta({ description: "µAIT that may be spent in a day of the operator's; without it, no limit" }),
  monthly: tokens.optional().meta({ description: "µAIT that may be spent in a month of the operator's" }),
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
  .meta({ id: 'LimitsRequest', description: 'takes the place of all earlier limits' });
export type LimitsRequest = z.output<typeof LimitsRequest>;

export const MemberRequest = z.strictObject(caps).meta({
  id: 'MemberRequest',
  description: 'takes the place of earlier caps; without any, only the limits of the wallet count',
});
export type MemberRequest = z.output<typeof MemberRequest>;

export const FreezeRequest = z
  .strictObject({ reason: text(200).optional() })
  .default({})
  .meta({ id: 'FreezeRequest' });
export type FreezeRequest = z.output<typeof FreezeRequest>;

/** A party, or a key of the wallet's owner. */
export const memberIdText = typeId('org', 'sub', 'key');
