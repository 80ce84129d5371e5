import { positiveAmount } from '@tokengrid/contracts';
import { z } from 'zod';

export const FeesRetirementRequest = z
  .strictObject({
    tokens: positiveAmount.optional().meta({
      description: 'µAIT of the fees that are to leave the world, as a decimal string; without it all',
      example: '1250000',
    }),
  })
  .meta({ id: 'FeesRetirementRequest' });
export type FeesRetirementRequest = z.output<typeof FeesRetirementRequest>;
