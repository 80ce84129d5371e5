import { Controller, Get, Param, Query } from '@nestjs/common';
import { operatorPartyId, walletIdOf, walletStatus } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import {
  Caller,
  hasCome,
  invalidArgument,
  notFound,
  type Principal,
  Requires,
  Responds,
  sentTime,
} from '@tokengrid/service';
import { z } from 'zod';
import { Balances } from '../../projections/balances.ts';
import { noWallet, WalletDirectory } from '../../projections/wallet-directory.ts';

export const WalletAnswer = z
  .strictObject({
    walletId: z.string(),
    partyId: z.string(),
    status: walletStatus,
    available: z.string().meta({ description: 'µAIT that can be spent', example: '1250000' }),
    held: z.string().meta({ description: 'µAIT set aside for uses that are under way', example: '0' }),
    debt: z.string().meta({
      description: 'µAIT owed for money that went back: nothing is spent until it is paid, by what comes in first',
      example: '0',
    }),
    asOf: z
      .strictObject({ lane: z.int(), sequence: z.int() })
      .meta({ description: 'the last event that changed this wallet, until then' }),
  })
  .meta({ id: 'Wallet' });

const BalanceQuery = z.strictObject({
  at: sentTime
    .optional()
    .meta({ description: 'what it was once all of that millisecond was booked; now, if left out' }),
});
type BalanceQuery = z.output<typeof BalanceQuery>;

/** What wallets hold. */
@Controller('v1')
export class BalancesController {
  constructor(
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
    if (wallet?.partyId !== partyId) throw notFound(`there is no open wallet of a party ${partyId} of yours`);
    return wallet;
  }

  private async find(walletId: string, at: number | undefined) {
    if (at === undefined) return this.balances.now(walletId);
    if (await hasCome(this.clock, at)) return this.balances.at(walletId, at);
    const detail = 'must not be in the future';
    throw invalidArgument(`/at: ${detail}`, [{ pointer: '/at', detail }]);
  }
}
