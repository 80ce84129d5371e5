import { contradictionAction, text } from '@tokengrid/contracts';
import { pageQuery } from '@tokengrid/service';
import { z } from 'zod';
import { contradictionStatuses } from '../../projections/payment-contradictions.table.ts';

export const ResolutionRequest = z
  .strictObject({
    action: contradictionAction.meta({
      description:
        'credit: the money buys tokens at the price in force. reverse: the tokens of the purchase are taken back. dismiss: nothing is done',
    }),
    note: text(500).meta({ description: 'reason, for later readers' }),
  })
  .meta({ id: 'ResolutionRequest' });
export type ResolutionRequest = z.output<typeof ResolutionRequest>;

export const ContradictionsQuery = pageQuery.extend({
  status: z.enum(contradictionStatuses).optional().meta({ description: 'Status of the notices' }),
});
export type ContradictionsQuery = z.output<typeof ContradictionsQuery>;
