import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

export const wholeNumber = (description: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .optional()
    .meta({ description });

export const TrialBalanceQuery = z.strictObject({
  at: sentTime.optional().meta({ description: 'as it was once all of that millisecond was booked' }),
  lane: wholeNumber('one lane alone'),
  sequence: wholeNumber('that lane right after its event of this sequence; 0: before the first'),
});
export type TrialBalanceQuery = z.output<typeof TrialBalanceQuery>;
