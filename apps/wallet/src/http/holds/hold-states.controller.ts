import { Controller, Get, Param, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Caller, cursorKey, page, pageOf, pageQuery, type Principal, Requires, Responds } from '@tokengrid/service';
import { DataSource, MoreThan } from 'typeorm';
import { z } from 'zod';
import { HoldDirectory } from '../../projections/hold-directory.ts';
import { HoldRow } from '../../projections/holds.table.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';

export const HoldStateAnswer = z
  .strictObject({
    holdId: z.string(),
    walletId: z.string(),
    status: z.enum(['open', 'captured', 'released', 'expired']),
    tokens: z.string().meta({ description: 'µAIT still under it', example: '1250000' }),
    captured: z.string().meta({ description: 'µAIT that captures took so far, beyond the hold too', example: '0' }),
    shortfall: z.string().meta({ description: 'µAIT that captures asked for and did not get', example: '0' }),
    memberIds: z.array(z.string()),
    reason: z.string(),
    placedAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'Hold' });

const HoldsQuery = pageQuery.extend({
  status: z.enum(['open', 'captured', 'released', 'expired']).optional().meta({ description: 'Status of the holds' }),
});
type HoldsQuery = z.output<typeof HoldsQuery>;

const HoldsAnswer = pageOf(HoldStateAnswer).meta({ id: 'Holds' });

/** What is set aside, and what became of it. */
@Controller('v1')
export class HoldStatesController {
  constructor(
    private readonly database: DataSource,
    private readonly wallets: WalletDirectory,
    private readonly directory: HoldDirectory,
  ) {}

  /**
   * Lists the holds of a wallet, the oldest first. `status` selects open, captured, released or
   * expired ones.
   */
  @Get('wallets/:walletId/holds')
  @Requires('wallet:balances:read')
  @Responds(200, HoldsAnswer)
  async listHolds(
    @Param('walletId') walletId: string,
    @Query({ schema: HoldsQuery }) { limit, cursor, status }: HoldsQuery,
    @Caller() caller: Principal,
  ) {
    await this.wallets.mustReach(caller, walletId);
    const rows = await this.database.getRepository(HoldRow).find({
      where: { walletId, holdId: MoreThan(cursorKey(cursor, z.string()) ?? ''), ...(status && { status }) },
      order: { holdId: 'ASC' },
      take: limit + 1,
    });
    return page(rows, limit, ({ holdId }) => holdId, answerOf);
  }

  /** Gets a hold. The answer tells its status, captured tokens and shortfall. */
  @Get('holds/:holdId')
  @Requires('wallet:balances:read')
  @Responds(200, HoldStateAnswer)
  async getHold(@Param('holdId') holdId: string, @Caller() caller: Principal) {
    await this.directory.maySee(caller, holdId);
    return answerOf(await this.database.getRepository(HoldRow).findOneByOrFail({ holdId }));
  }
}

const answerOf = ({ placedAt, expiresAt, ...hold }: HoldRow) => ({
  ...hold,
  placedAt: instantOf(placedAt),
  expiresAt: instantOf(expiresAt),
});
