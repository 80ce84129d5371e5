import { Controller, Get, Param, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Caller, cursorKey, page, pageOf, pageQuery, type Principal, Requires, Responds } from '@tokengrid/service';
import { DataSource, LessThan, MoreThan } from 'typeorm';
import { z } from 'zod';
import { EntryRow } from './entries.table.ts';
import { WalletDirectory } from './wallet-directory.ts';

const EntriesQuery = pageQuery.extend({
  order: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
});
type EntriesQuery = z.output<typeof EntriesQuery>;

export const EntriesAnswer = pageOf(
  z.strictObject({
    entryId: z.string().meta({ description: 'the id of the event that it comes from', example: 'wallet/3/812' }),
    type: z.string(),
    tokens: z.string().meta({ description: 'µAIT, negative for what went out', example: '-1250000' }),
    balanceAfter: z.string().meta({ description: 'µAIT available after it', example: '8750000' }),
    held: z
      .string()
      .meta({ description: 'µAIT set aside by it; negative for what was captured or came back', example: '0' }),
    heldAfter: z.string().meta({ description: 'µAIT set aside after it', example: '0' }),
    time: z.string(),
    reference: z
      .string()
      .optional()
      .meta({ description: 'the purchase, sale, transfer, grant, charge, statement, hold or capture' }),
    otherWalletId: z.string().optional(),
    memo: z.string().optional(),
  }),
).meta({ id: 'Entries' });

/** Where a page ended: the sequence of its last entry. */
const position = z.int().positive();

/** A wallet's statement. */
@Controller('v1/wallets/:walletId/entries')
export class EntriesController {
  constructor(
    private readonly database: DataSource,
    private readonly directory: WalletDirectory,
  ) {}

  /** What came into a wallet and what went out, each with the balance it left. The oldest first unless asked otherwise. */
  @Get()
  @Requires('wallet:entries:read')
  @Responds(200, EntriesAnswer)
  async entries(
    @Param('walletId') walletId: string,
    @Query({ schema: EntriesQuery }) { limit, cursor, order }: EntriesQuery,
    @Caller() caller: Principal,
  ) {
    await this.directory.mustReach(caller, walletId);
    const last = cursorKey(cursor, position);
    const oldestFirst = order === 'oldest-first';
    const beyond = oldestFirst ? MoreThan(last ?? 0) : LessThan(last ?? Number.MAX_SAFE_INTEGER);
    const rows = await this.database.getRepository(EntryRow).find({
      where: { walletId, sequence: beyond },
      order: { sequence: oldestFirst ? 'ASC' : 'DESC' },
      take: limit + 1,
    });
    return page(rows, limit, ({ sequence }) => sequence, entryOf);
  }
}

function entryOf({
  lane,
  sequence,
  type,
  tokens,
  balanceAfter,
  held,
  heldAfter,
  time,
  reference,
  otherWalletId,
  memo,
}: EntryRow) {
  return {
    entryId: `wallet/${lane}/${sequence}`,
    type,
    tokens,
    balanceAfter,
    held,
    heldAfter,
    time: instantOf(time),
    reference: reference ?? undefined,
    otherWalletId: otherWalletId ?? undefined,
    memo: memo ?? undefined,
  };
}
