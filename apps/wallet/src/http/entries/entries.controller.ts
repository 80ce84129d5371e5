import { Controller, Get, Param, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Accepted,
  Caller,
  csvAnswer,
  csvBom,
  csvType,
  cursorKey,
  page,
  pageOf,
  pageQuery,
  type Principal,
  Requires,
  Responds,
  RespondsCsvToo,
  sentTime,
} from '@tokengrid/service';
import { z } from 'zod';
import { Entries, type EntriesFilter } from '../../projections/entries.ts';
import { EntryRow, entryTypes } from '../../projections/entries.table.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';

const EntriesQuery = pageQuery.extend({
  order: z.enum(['oldest-first', 'newest-first']).default('oldest-first').meta({ description: 'Order of the list' }),
  type: z.enum(entryTypes).optional().meta({ description: 'Type of the entries' }),
  reference: z.string().min(1).max(80).optional().meta({ description: 'only what it was of' }),
  from: sentTime.optional().meta({ description: 'booked at or after' }),
  to: sentTime.optional().meta({ description: 'booked before' }),
  format: z.enum(['json', 'csv']).optional().meta({
    description: 'csv, as `Accept: text/csv`: the whole statement at once, whatever `limit` and `cursor` are',
  }),
  bom: csvBom,
});
type EntriesQuery = z.output<typeof EntriesQuery>;

const EntryAnswer = z.strictObject({
  entryId: z.string().meta({ description: 'the id of the event that it comes from', example: 'wallet/3/812' }),
  type: z.enum(entryTypes),
  tokens: z.string().meta({ description: 'µAIT, negative for what went out', example: '-1250000' }),
  balanceAfter: z.string().meta({ description: 'µAIT available after it', example: '8750000' }),
  held: z
    .string()
    .meta({ description: 'µAIT set aside by it; negative for what was captured or came back', example: '0' }),
  heldAfter: z.string().meta({ description: 'µAIT set aside after it', example: '0' }),
  debtAfter: z.string().meta({ description: 'µAIT owed after it, for money that went back', example: '0' }),
  time: z.string(),
  reference: z
    .string()
    .optional()
    .meta({ description: 'the purchase, sale, transfer, grant, charge, statement, hold or capture' }),
  otherWalletId: z.string().optional(),
  memo: z.string().optional(),
});
/** A statement's columns as CSV. */
const csvColumns = [
  ...([{ name: 'entryId' }, { name: 'time' }, { name: 'type' }] as const),
  { name: 'tokens', isAmount: true },
  { name: 'balanceAfter', isAmount: true },
  { name: 'held', isAmount: true },
  { name: 'heldAfter', isAmount: true },
  { name: 'debtAfter', isAmount: true },
  ...([{ name: 'reference' }, { name: 'otherWalletId' }, { name: 'memo' }] as const),
] as const;

export const EntriesAnswer = pageOf(EntryAnswer).meta({ id: 'Entries' });

/** Where a page ended: the sequence of its last entry. */
const position = z.int().positive();

/** Entries read at once for a CSV: what is in memory of a statement of any length. */
const csvPageEntries = 1000;

/** A wallet's statement. */
@Controller('v1/wallets/:walletId/entries')
export class EntriesController {
  constructor(
    private readonly statements: Entries,
    private readonly directory: WalletDirectory,
  ) {}

  /**
   * Lists the entries of a wallet's statement, each with the balance after it. A filtered page may
   * be short while more follow: only a null `nextCursor` ends the list.
   *
   * As CSV, with `format=csv` or `Accept: text/csv`, the whole statement comes at once. Amounts of
   * more than 15 digits, and texts that a spreadsheet takes for formulas, have a `'` before them
   * there.
   */
  @Get()
  @Requires('wallet:entries:read')
  @Responds(200, EntriesAnswer)
  @RespondsCsvToo()
  async listEntries(
    @Param('walletId') walletId: string,
    @Query({ schema: EntriesQuery }) { limit, cursor, order, format, bom, ...filters }: EntriesQuery,
    @Caller() caller: Principal,
    @Accepted() accepted: string,
  ) {
    await this.directory.mustReach(caller, walletId);
    const filter = { walletId, ...filters };
    if (format === 'csv' || (format === undefined && accepted === csvType)) {
      return csvAnswer({ name: `${walletId}-entries`, columns: csvColumns, bom }, this.answersOf(filter, order));
    }
    const { rows, lookedUpTo } = await this.statements.find(filter, order, cursorKey(cursor, position), limit + 1);
    return page(rows, limit, ({ sequence }) => sequence, entryOf, lookedUpTo);
  }

  private async *answersOf(filter: EntriesFilter, order: EntriesQuery['order']) {
    for await (const rows of this.statements.pages(filter, order, csvPageEntries)) yield rows.map(entryOf);
  }
}

function entryOf({ lane, sequence, time, reference, otherWalletId, memo, ...entry }: EntryRow) {
  const { type, tokens, balanceAfter, held, heldAfter, debtAfter } = entry;
  return {
    entryId: `wallet/${lane}/${sequence}`,
    type,
    tokens,
    balanceAfter,
    held,
    heldAfter,
    debtAfter,
    time: instantOf(time),
    reference: reference ?? undefined,
    otherWalletId: otherWalletId ?? undefined,
    memo: memo ?? undefined,
  };
}
