import { text } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

export const FreezeRequest = z
  .strictObject({ reason: text(200).optional() })
  .default({})
  .meta({ id: 'FreezeRequest' });
export type FreezeRequest = z.output<typeof FreezeRequest>;

export const BalanceQuery = z.strictObject({
  at: sentTime
    .optional()
    .meta({ description: 'what it was once all of that millisecond was booked; now, if left out' }),
});
export type BalanceQuery = z.output<typeof BalanceQuery>;
