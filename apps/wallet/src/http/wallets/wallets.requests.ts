import { text } from '@tokengrid/contracts';
import { sentTime } from '@tokengrid/service';
import { z } from 'zod';

export const FreezeRequest = z
  .strictObject({ reason: text(200).optional() })
  .default({})
  .meta({ id: 'FreezeRequest' });
export type FreezeRequest = z.output<typeof FreezeRequest>;

export const BalanceQuery = z.strictObject({
  at: sentTime.optional().meta({ description: 'the balance after all bookings of that millisecond; now if absent' }),
});
export type BalanceQuery = z.output<typeof BalanceQuery>;
