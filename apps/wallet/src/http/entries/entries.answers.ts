import { pageOf } from '@tokengrid/service';
import { z } from 'zod';
import { entryTypes } from '../../projections/entries.table.ts';

const EntryAnswer = z.strictObject({
  entryId: z.string().meta({ description: 'id of the event that caused it', example: 'wallet/3/812' }),
  type: z.enum(entryTypes),
  tokens: z.string().meta({ description: 'µAIT, negative for a debit', example: '-1250000' }),
  balanceAfter: z.string().meta({ description: 'µAIT available after it', example: '8750000' }),
  held: z.string().meta({ description: 'µAIT set aside by it; negative for a capture or a release', example: '0' }),
  heldAfter: z.string().meta({ description: 'µAIT set aside after it', example: '0' }),
  debtAfter: z.string().meta({ description: 'µAIT owed after it, for reversed purchases', example: '0' }),
  time: z.string(),
  reference: z
    .string()
    .optional()
    .meta({ description: 'id of the purchase, sale, transfer, grant, charge, statement, hold or capture' }),
  otherWalletId: z.string().optional(),
  memo: z.string().optional(),
});

export const EntriesAnswer = pageOf(EntryAnswer).meta({ id: 'Entries' });

/** CSV columns of a statement. */
export const csvColumns = [
  ...([{ name: 'entryId' }, { name: 'time' }, { name: 'type' }] as const),
  { name: 'tokens', isAmount: true },
  { name: 'balanceAfter', isAmount: true },
  { name: 'held', isAmount: true },
  { name: 'heldAfter', isAmount: true },
  { name: 'debtAfter', isAmount: true },
  ...([{ name: 'reference' }, { name: 'otherWalletId' }, { name: 'memo' }] as const),
] as const;
