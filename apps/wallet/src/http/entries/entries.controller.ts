import { Controller, Get, Param, Query } from '@nestjs/common';
import type { ChargedUse, RefundedUse } from '@tokengrid/contracts';
import { instantOf } from '@tokengrid/contracts';
import {
  Accepted,
  Caller,
  csvAnswer,
  csvType,
  cursorKey,
  notFound,
  page,
  pageQuery,
  type PageQuery,
  type Principal,
  Refuses,
  Requires,
  Responds,
  RespondsCsvToo,
} from '@tokengrid/service';
import { z } from 'zod';
import { ChargedUses } from '../../projections/charged-uses.ts';
import { EntryRow } from '../../projections/entries.table.ts';
import { Entries, type EntriesFilter } from '../../projections/entries.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { csvColumns, EntriesAnswer, UsesAnswer } from './entries.answers.ts';
import { EntriesQuery } from './entries.requests.ts';

/** Cursor: the last entry's sequence, or the last use's number. */
const position = z.int().positive();

/** A number that is exact. */
const isSequence = /^[1-9]\d{0,14}$/;

/** Entries read at once for a CSV: the part of a statement of any length that is in memory. */
const csvPageEntries = 1000;

/** Statement of a wallet. */
@Controller('v1/wallets/:walletId/entries')
export class EntriesController {
  constructor(
    private readonly statements: Entries,
    private readonly directory: WalletDirectory,
    private readonly charges: ChargedUses,
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

  /**
   * Lists the uses of an entry of the type `charge` or `refund`. Charged ones are in the order in
   * which they were rated, refunded ones behind them, and each has a receipt. The entry is named by
   * its sequence in the lane, the last part of its `entryId`.
   */
  @Get(':sequence/uses')
  @Requires('wallet:entries:read')
  @Refuses('EVENTS_RETIRED')
  @Responds(200, UsesAnswer)
  async listUses(
    @Param('walletId') walletId: string,
    @Param('sequence') sequence: string,
    @Query({ schema: pageQuery }) { limit, cursor }: PageQuery,
    @Caller() caller: Principal,
  ) {
    await this.directory.mustReach(caller, walletId);
    const uses = isSequence.test(sequence) ? await this.charges.of(walletId, Number(sequence)) : undefined;
    if (!uses) throw notFound(`no such charge of ${walletId}: ${sequence}`);
    const after = cursorKey(cursor, position) ?? 0;
    const rows = uses.slice(after, after + limit + 1).map((use, index) => ({ use, number: after + index + 1 }));
    return page(
      rows,
      limit,
      ({ number }) => number,
      ({ use }) => useOf(use),
    );
  }

  private async *answersOf(filter: EntriesFilter, order: EntriesQuery['order']) {
    for await (const rows of this.statements.pages(filter, order, csvPageEntries)) yield rows.map(entryOf);
  }
}

function entryOf({ lane, sequence, walletId, time, reference, otherWalletId, memo, uses, ...entry }: EntryRow) {
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
    ...(uses !== null && { uses, usesLink: `/v1/wallets/${walletId}/entries/${sequence}/uses` }),
  };
}

function useOf({
  chargeId,
  source,
  eventId,
  time,
  app,
  model,
  key,
  units,
  tokens,
  priceVersion,
  number,
  ...use
}: ChargedUse | RefundedUse) {
  const memberIds = 'memberIds' in use ? use.memberIds : undefined;
  const correction = number;
  return { chargeId, source, eventId, time, app, model, key, units, tokens, priceVersion, correction, memberIds };
}
