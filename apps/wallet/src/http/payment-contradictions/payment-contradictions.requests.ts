import { contradictionAction, text } from '@tokengrid/contracts';
import { z } from 'zod';

export const ResolutionRequest = z
  .strictObject({
    action: contradictionAction.meta({
      description:
        'credit: its money buys tokens at the price in force. reverse: what the purchase bought is taken back. dismiss: nothing is done',
    }),
    note: text(500).meta({ description: 'why, for whoever looks at it later' }),
  })
  .meta({ id: 'ResolutionRequest' });
export type ResolutionRequest = z.output<typeof ResolutionRequest>;
