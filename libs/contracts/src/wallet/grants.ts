import { z } from 'zod';
import { event } from '../event.ts';
import { positiveAmount } from '../money.ts';
import { timeZone } from '../vocabulary.ts';
import { typeId } from '../ids.ts';
import { lot } from './lots.ts';
import { planId, postings, refusalFields, walletId } from './words.ts';

export const TokensGranted = event(
  'TokensGranted',
  'The operator granted tokens to a wallet.',
  z.strictObject({
    walletId,
    grantId: typeId('grt'),
    /** Plan of the monthly allotment. */
    planId: planId.optional(),
    /** Month of the allotment, `YYYY-MM`, and its time zone. */
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
  z.strictObject({ walletId, grantId: typeId('grt'), tokens: positiveAmount, ...refusalFields('grantTokens') }),
);

/** Events of grants. */
export const grantEvents = [TokensGranted, GrantRefused] as const;
