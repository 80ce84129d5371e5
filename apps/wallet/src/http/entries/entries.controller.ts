import { Controller, Get, Param, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Accepted,
  Caller,
  csvAnswer,
  csvType,
  cursorKey,
  page,
  type Principal,
  Requires,
  Responds,
  RespondsCsvToo,
} from '@tokengrid/service';
import { z } from 'zod';
import { EntryRow } from '../../projections/entries.table.ts';
import { Entries, type EntriesFilter } from '../../projections/entries.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { csvColumns, EntriesAnswer } from './entries.answers.ts';
import { EntriesQuery } from './entries.requests.ts';

/** Cursor: the last entry's sequence. */
const position = z.int().positive();

/** Entries read at once for a CSV: the part of a statement of any length that is in memory. */
const csvPageEntries = 1000;

/** Statement of a wallet. */
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
