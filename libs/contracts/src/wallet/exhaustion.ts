import { z } from 'zod';
import { event } from '../event.ts';
import { minorUnits } from '../money.ts';
import { walletId } from './words.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';

/**
 * Action for a charge that the wallet does not cover: refuse it, or buy the lacking tokens on the
 * carrier's bill.
 */
export const exhaustionAction = z.enum(['stop', 'bill']);
export type ExhaustionAction = z.output<typeof exhaustionAction>;

export const ExhaustionPolicySet = event(
  'ExhaustionPolicySet',
  'The action for charges that a wallet does not cover was set.',
  z.strictObject({
    walletId,
    action: exhaustionAction,
    /**
     * Cap on such purchases in minor units, per calendar month of the operator; null: only the
     * limit of the bill.
     */
    monthlyCap: minorUnits.nullable(),
  }),
);

export const ExhaustionPolicyRefused = event(
  'ExhaustionPolicyRefused',
  'A change of the exhaustion policy was refused: the key has a cap itself.',
  z.strictObject({ walletId, code: codesOf(walletRefusals, 'setExhaustionPolicy') }),
);

/** Answers of the exhaustion policy's events. */
export const exhaustionEvents = [ExhaustionPolicySet, ExhaustionPolicyRefused] as const;
