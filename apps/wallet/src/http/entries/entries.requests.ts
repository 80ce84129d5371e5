import { csvBom, pageQuery, sentTime } from '@tokengrid/service';
import { z } from 'zod';
import { entryTypes } from '../../projections/entries.table.ts';

export const EntriesQuery = pageQuery.extend({
  order: z.enum(['oldest-first', 'newest-first']).default('oldest-first').meta({ description: 'Order of the list' }),
  type: z.enum(entryTypes).optional().meta({ description: 'Type of the entries' }),
  reference: z.string().min(1).max(80).optional().meta({ description: 'only entries with this reference' }),
  from: sentTime.optional().meta({ description: 'booked at or after' }),
  to: sentTime.optional().meta({ description: 'booked before' }),
  format: z.enum(['json', 'csv']).optional().meta({
    description: 'csv, same as `Accept: text/csv`: the whole statement at once, without `limit` and `cursor`',
  }),
  bom: csvBom,
});
export type EntriesQuery = z.output<typeof EntriesQuery>;
