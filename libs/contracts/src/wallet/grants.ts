import { z } from 'zod';
import { event } from '../event.ts';
import { positiveAmount } from '../money.ts';
import { timeZone } from '../vocabulary.ts';
import { typeId } from '../ids.ts';
import { lot } from './lots.ts';
import { planId, postings, refusal, walletId } from './words.ts';

export const TokensGranted = event(
  'TokensGranted',
  'The operator gave a wallet tokens.',
  z.strictObject({
    walletId,
    grantId: typeId('grt'),
    /** The plan whose allotment for a month it is. */
    planId: planId.optional(),
    /** That month, `YYYY-MM`, and the zone that it is one of. */
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
      .optional(),
    timeZone: timeZone.optional(),
    tokens: positiveAmount,
    lot,
    postings,
  }),
);

export const GrantRefused = event(
  'GrantRefused',
  'A grant was refused.',
  z.strictObject({ walletId, grantId: typeId('grt'), tokens: positiveAmount, ...refusal }),
);

/** What the operator gives. */
export const grantEvents = [TokensGranted, GrantRefused] as const;
