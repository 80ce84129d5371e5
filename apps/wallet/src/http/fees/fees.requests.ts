import { positiveAmount } from '@tokengrid/contracts';
import { z } from 'zod';

export const FeesRetirementRequest = z
  .strictObject({
    tokens: positiveAmount.optional().meta({
      description: 'µAIT of the fees to retire, as a decimal string; all fees if absent',
      example: '1250000',
    }),
  })
  .meta({ id: 'FeesRetirementRequest' });
export type FeesRetirementRequest = z.output<typeof FeesRetirementRequest>;
