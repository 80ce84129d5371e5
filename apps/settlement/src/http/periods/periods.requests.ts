import { period } from '@tokengrid/contracts';
import { z } from 'zod';

/** A day of the operator in a path. */
export const Day = period.meta({ description: 'a day of the operator', example: '2026-01-31' });
export type Day = z.output<typeof Day>;

export const DayParameters = z.strictObject({ day: Day });
export type DayParameters = z.output<typeof DayParameters>;

export const ClosePeriodRequest = z
  .strictObject({
    early: z.boolean().default(false).meta({
      description:
        'closes the currently accruing day, whether running or not begun; later usage counts for the next day',
    }),
  })
  .prefault({})
  .meta({ id: 'ClosePeriod' });
export type ClosePeriodRequest = z.output<typeof ClosePeriodRequest>;

export const ClosingAnswer = z.strictObject({ period: Day, status: z.literal('closing') }).meta({ id: 'Closing' });
