import { z } from 'zod';
import { event } from '../event.ts';
import { minorUnits } from '../money.ts';
import { text } from '../vocabulary.ts';
import { walletId } from './words.ts';

/** What happens to a charge that a wallet does not cover: it stops there, or what is lacking is bought on the carrier's bill. */
export const exhaustionAction = z.enum(['stop', 'bill']);
export type ExhaustionAction = z.output<typeof exhaustionAction>;

export const ExhaustionPolicySet = event(
  'ExhaustionPolicySet',
  "It was decided what happens when a wallet's tokens run out.",
  z.strictObject({
    walletId,
    action: exhaustionAction,
    /** Minor units that may be spent so per calendar month of the operator's; null: no limit but that of the bill. */
    monthlyCap: minorUnits.nullable(),
  }),
);

export const ExhaustionPolicyRefused = event(
  'ExhaustionPolicyRefused',
  'What happens when tokens run out was to be decided by a key that is under a cap itself.',
  z.strictObject({ walletId, code: text(60) }),
);

/** What happens when tokens run out. */
export const exhaustionEvents = [ExhaustionPolicySet, ExhaustionPolicyRefused] as const;
