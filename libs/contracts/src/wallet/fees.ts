import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { positiveSum, sum } from '../money.ts';
import { codesOf } from '../refusals/commands.ts';
import { walletRefusals } from '../refusals/wallet.ts';

export const retirementId = typeId('frt');

/** In the stream `fees`. */
export const FeesRetirementOrdered = event(
  'FeesRetirementOrdered',
  'The operator ordered the retirement of collected fees.',
  z.strictObject({
    retirementId,
    /** µAIT in total; 0 if all fees were to be retired and there are none. */
    tokens: sum,
    /** Tokens to retire, by lane. */
    lanes: z.array(z.strictObject({ lane: z.int().min(0), tokens: positiveSum })),
  }),
);

/** In the stream `fees`. */
export const FeesRetirementRefused = event(
  'FeesRetirementRefused',
  'A retirement of fees was refused: it exceeds the collected fees.',
  z.strictObject({ retirementId, code: codesOf(walletRefusals, 'orderFeesRetirement'), available: sum, required: sum }),
);

/** Events of the stream `fees`. */
export const feesEvents = [FeesRetirementOrdered, FeesRetirementRefused] as const;
