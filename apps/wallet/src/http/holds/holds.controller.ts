import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  cursorKey,
  Incoming,
  type IncomingCommand,
  page,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { DataSource, MoreThan } from 'typeorm';
import { z } from 'zod';
import { HoldDirectory } from '../../projections/hold-directory.ts';
import { HoldRow } from '../../projections/holds.table.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Lanes } from '../../streams/lanes.ts';
import {
  CaptureAnswer,
  ExtendedHoldAnswer,
  HoldAnswer,
  HoldsAnswer,
  HoldStateAnswer,
  ReleaseAnswer,
} from './holds.answers.ts';
import { HoldCommands } from './holds.commands.ts';
import { CaptureRequest, ExtendHoldRequest, HoldRequest, HoldsQuery } from './holds.requests.ts';

/** Tokens set aside for a use in progress. */
@Controller('v1')
export class HoldsController {
  constructor(
    private readonly commands: HoldCommands,
    private readonly database: DataSource,
    private readonly wallets: WalletDirectory,
    private readonly directory: HoldDirectory,
    private readonly lanes: Lanes,
  ) {}

  /**
   * Sets tokens aside for a use in progress. They cannot be spent otherwise until they are captured
   * or released, or the hold expires.
   */
  @Post('wallets/:walletId/holds')
  @Requires('wallet:holds:write')
  @Refuses('placeHold')
  @Responds(201, HoldAnswer)
  async placeHold(
    @Param('walletId') walletId: string,
    @Body({ schema: HoldRequest }) body: HoldRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.place(caller, walletId, body))(incoming);
  }

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
      where: {
        lane: this.lanes.of(walletId),
        walletId,
        holdId: MoreThan(cursorKey(cursor, z.string()) ?? ''),
        ...(status && { status }),
      },
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
    return answerOf(
      await this.database.getRepository(HoldRow).findOneByOrFail({ lane: this.lanes.of(holdId), holdId }),
    );
  }

  /**
   * Sets more tokens aside under a hold. With `expiresInSeconds` it lasts longer, never shorter.
   */
  @Post('holds/:holdId/extend')
  @Requires('wallet:holds:write')
  @Refuses('extendHold')
  @Responds(200, ExtendedHoldAnswer)
  async extendHold(
    @Param('holdId') holdId: string,
    @Body({ schema: ExtendHoldRequest }) body: ExtendHoldRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.extend(caller, holdId, body))(incoming);
  }

  /**
   * Takes the cost of a use, from the hold first and then from the wallet. The `shortfall` is what
   * neither covers; a final capture ends the hold and returns the rest to the wallet.
   */
  @Post('holds/:holdId/captures')
  @Requires('wallet:holds:write')
  @Refuses('captureHold')
  @Responds(201, CaptureAnswer)
  async captureHold(
    @Param('holdId') holdId: string,
    @Body({ schema: CaptureRequest }) body: CaptureRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.capture(caller, holdId, body))(incoming);
  }

  /** Releases a hold. Tokens left under it return to the wallet. */
  @Post('holds/:holdId/release')
  @Requires('wallet:holds:write')
  @Refuses('releaseHold')
  @Responds(200, ReleaseAnswer)
  async releaseHold(
    @Param('holdId') holdId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.release(caller, holdId))(incoming);
  }
}

const answerOf = ({ lane: _, placedAt, expiresAt, ...hold }: HoldRow) => ({
  ...hold,
  placedAt: instantOf(placedAt),
  expiresAt: instantOf(expiresAt),
});
