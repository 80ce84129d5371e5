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
  reference: z.string().optional().meta({
    description:
      'id of the purchase, sale, transfer, grant, statement, hold or capture; of a charge or refund, the event that rated or corrected its uses',
  }),
  otherWalletId: z.string().optional(),
  memo: z.string().optional(),
  uses: z.int().optional().meta({ description: 'of a charge or refund: number of its uses', example: 37 }),
  usesLink: z.string().optional().meta({
    description: 'of a charge or refund: path of its uses',
    example: '/v1/wallets/wal_01jzx0000000000000000000ab/entries/812/uses',
  }),
});

const UseAnswer = z.strictObject({
  chargeId: z.string().meta({ description: 'id of the charge, and of its receipt' }),
  source: z.string().meta({ description: 'source of the usage event', example: '/networks/north' }),
  eventId: z.string().meta({ description: 'id of the usage event in its source', example: '4711' }),
  time: z.string().meta({ description: 'time of use' }),
  app: z.string().optional(),
  model: z.string().optional(),
  key: z
    .string()
    .optional()
    .meta({ description: 'API key with which it was used', example: 'key_01jzx0000000000000000000ab' }),
  units: z.record(z.string(), z.string()).meta({ description: 'units; of a correction, their differences' }),
  tokens: z.string().meta({ description: 'µAIT taken; negative if given back', example: '418' }),
  priceVersion: z.string().meta({ description: 'rate cards applied', example: 'model:qwen-3@2' }),
  correction: z.int().optional().meta({ description: 'number of the correction; absent: of none', example: 1 }),
  memberIds: z.array(z.string()).optional(),
});

export const UsesAnswer = pageOf(UseAnswer).meta({ id: 'ChargedUses' });

export const EntriesAnswer = pageOf(EntryAnswer).meta({ id: 'Entries' });

/** CSV columns of a statement. */
export const csvColumns = [
  ...([{ name: 'entryId' }, { name: 'time' }, { name: 'type' }] as const),
  { name: 'tokens', isAmount: true },
  { name: 'balanceAfter', isAmount: true },
  { name: 'held', isAmount: true },
  { name: 'heldAfter', isAmount: true },
  { name: 'debtAfter', isAmount: true },
  ...([{ name: 'reference' }, { name: 'otherWalletId' }, { name: 'memo' }, { name: 'uses' }] as const),
] as const;
