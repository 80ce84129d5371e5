import { z } from 'zod';
import { event } from '../event.ts';
import { typeId } from '../ids.ts';
import { positiveSum, sum } from '../money.ts';
import { text } from '../vocabulary.ts';

export const retirementId = typeId('frt');

/** In the stream `fees`. */
export const FeesRetirementOrdered = event(
  'FeesRetirementOrdered',
  'The operator takes fees that it collected out of the world.',
  z.strictObject({
    retirementId,
    /** µAIT in all; 0 where all were to go and there are none. */
    tokens: sum,
    /** What each lane is to retire. */
    lanes: z.array(z.strictObject({ lane: z.int().min(0), tokens: positiveSum })),
  }),
);

/** In the stream `fees`. */
export const FeesRetirementRefused = event(
  'FeesRetirementRefused',
  'More fees were to be retired than there are.',
  z.strictObject({ retirementId, code: text(60), available: sum, required: sum }),
);

/** Events of the stream `fees`. */
export const feesEvents = [FeesRetirementOrdered, FeesRetirementRefused] as const;
