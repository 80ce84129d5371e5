import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

const wholeNumber = (description: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .optional()
    .meta({ description });

export const TrialBalanceQuery = z.strictObject({
  at: sentTime.optional().meta({ description: 'the books after all bookings of that millisecond' }),
  lane: wholeNumber('one lane only'),
  sequence: wholeNumber('the lane right after its event of this sequence; 0: before the first event'),
});
export type TrialBalanceQuery = z.output<typeof TrialBalanceQuery>;
