import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  hasCome,
  Incoming,
  type IncomingCommand,
  invalidArgument,
  notFound,
  OperatorOnly,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { closeWallet } from '../../decisions/wallets/close-wallet.ts';
import { freezeWallet } from '../../decisions/wallets/freeze-wallet.ts';
import { reopenWallet } from '../../decisions/wallets/reopen-wallet.ts';
import { unfreezeWallet } from '../../decisions/wallets/unfreeze-wallet.ts';
import { Balances } from '../../projections/balances.ts';
import { noWallet, WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { WalletStatusAnswer, WalletAnswer } from './wallets.answers.ts';
import { BalanceQuery, FreezeRequest } from './wallets.requests.ts';

/** Balance and status of wallets. */
@Controller('v1')
export class WalletsController {
  constructor(
    private readonly wallets: Wallets,
    private readonly balances: Balances,
    private readonly directory: WalletDirectory,
    private readonly clock: StorageClock,
  ) {}

  /** Gets a wallet's balance, now or at a past time. 404 for a time before it was opened. */
  @Get('wallets/:walletId')
  @Requires('wallet:balances:read')
  @Responds(200, WalletAnswer)
  async getWallet(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Query({ schema: BalanceQuery }) { at }: BalanceQuery,
  ) {
    await this.directory.mustReachAsMember(caller, walletId);
    const wallet = await this.find(walletId, at);
    if (!wallet) throw noWallet(walletId);
    return wallet;
  }

  /**
   * Gets the balance of a party's wallet, now or at a past time. 404 until it is opened, a moment
   * after the party registered.
   */
  @Get('parties/:partyId/wallet')
  @Requires('wallet:balances:read')
  @Responds(200, WalletAnswer)
  async getWalletOfParty(
    @Param('partyId') partyId: string,
    @Caller() caller: Principal,
    @Query({ schema: BalanceQuery }) { at }: BalanceQuery,
  ) {
    const mine = caller.partyId === operatorPartyId || caller.partyId === partyId;
    const wallet = mine ? await this.find(walletIdOf(partyId), at) : undefined;
    if (wallet?.partyId !== partyId) throw notFound(`no such open wallet of yours: party ${partyId}`);
    return wallet;
  }

  /** Freezes a wallet: nothing leaves it but tokens under its holds. Tokens still come in. */
  @Post('wallets/:walletId/freeze')
  @OperatorOnly()
  @Responds(200, WalletStatusAnswer)
  async freezeWallet(
    @Param('walletId') walletId: string,
    @Body({ schema: FreezeRequest }) { reason }: FreezeRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(freezeWallet, incoming.to(walletId, { by: 'operator', reason }));
  }

  /**
   * Lifts the operator's freeze. A freeze by the party's suspension stays until the party is
   * reinstated.
   */
  @Post('wallets/:walletId/unfreeze')
  @OperatorOnly()
  @Responds(200, WalletStatusAnswer)
  async unfreezeWallet(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(unfreezeWallet, incoming.to(walletId, { by: 'operator' }));
  }

  /** Closes an empty wallet. Earnings and returned transfers still come in, and open it again. */
  @Post('wallets/:walletId/close')
  @OperatorOnly()
  @Refuses('closeWallet')
  @Responds(200, WalletStatusAnswer)
  async closeWallet(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(closeWallet, incoming.to(walletId, {}));
  }

  /** Opens a closed wallet again. A freeze from before still holds. */
  @Post('wallets/:walletId/reopen')
  @OperatorOnly()
  @Refuses('reopenWallet')
  @Responds(200, WalletStatusAnswer)
  async reopenWallet(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(reopenWallet, incoming.to(walletId, {}));
  }

  private async find(walletId: string, at: number | undefined) {
    if (at === undefined) return this.balances.now(walletId);
    if (await hasCome(this.clock, at)) return this.balances.at(walletId, at);
    const detail = 'must not be in the future';
    throw invalidArgument(`/at: ${detail}`, [{ pointer: '/at', detail }]);
  }
}
