import { z } from 'zod';
import { typeId } from '../ids.ts';
import { amount, signedSum, sum } from '../money.ts';
import { instant, text } from '../vocabulary.ts';

/** A meter's value in one use. */
export const reading = z.strictObject({
  meter: text(63),
  aggregation: z.enum(['sum', 'count', 'max', 'unique', 'latest']),
  /** Units × 10^6. */
  value: amount,
  /** Time of the use, epoch milliseconds. */
  time: z.int(),
  /** Id of the use. */
  key: typeId('usg'),
});

/** Change of a subscription's period: what was counted, and by how much its lines grew. */
export const periodChange = z.strictObject({
  counted: z.array(reading).max(100),
  takenBack: z.array(reading).max(100),
  /** Growth of the lines before minimum and maximum; negative where they fell. */
  lines: signedSum,
  /** Lower bound of the total, from the period's end on. */
  minimum: sum.optional(),
});
export type PeriodChange = z.output<typeof periodChange>;

/** Period of a subscription that a use counts in, and the change of it. */
export const countedIn = z.strictObject({
  subscriptionId: typeId('sbn'),
  from: instant,
  until: instant,
  change: periodChange,
});
export type CountedIn = z.output<typeof countedIn>;
