import { amount } from '@tokengrid/contracts';
import { z } from 'zod';

/** Maximum capacity in µAIT: 10^27. */
const largestCapacity = 10n ** 27n;

export const CapacityRequest = z
  .strictObject({
    tokens: amount
      .refine((tokens) => tokens <= largestCapacity, 'must not be larger than 10^27')
      .meta({ description: 'µAIT that may be outstanding, as a decimal string', example: '50000000000000' }),
  })
  .meta({ id: 'CapacityRequest' });
export type CapacityRequest = z.output<typeof CapacityRequest>;
