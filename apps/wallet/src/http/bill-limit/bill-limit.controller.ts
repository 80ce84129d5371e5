import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { type Calendar, monthOf } from '@tokengrid/kernel';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  operatorCalendar,
  OperatorOnly,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { billLimitOf } from '../../decisions/rules/market-limits.ts';
import { monthlyTotalsOf } from '../../decisions/state/monthly-totals.ts';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { setBillLimit } from '../../decisions/wallets/set-bill-limit.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { BillAnswer, BillLimitSetAnswer } from './bill-limit.answers.ts';
import { BillLimitRequest } from './bill-limit.requests.ts';

/** Monthly limit of the carrier's bill. Read from the wallet's stream, like decisions. */
@Controller('v1/wallets/:walletId/bill-limit')
export class BillLimitController {
  constructor(
    private readonly wallets: Wallets,
    private readonly inForce: MarketPolicyInForce,
    private readonly directory: WalletDirectory,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Gets the limit of the carrier's bill for a wallet. The answer tells the amount billed this
   * month.
   */
  @Get()
  @Requires('wallet:balances:read')
  @Responds(200, BillAnswer)
  async getBillLimit(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    await this.directory.mustReach(caller, walletId);
    const [state, policy] = await Promise.all([this.wallets.load(walletId), this.inForce.now()]);
    const wallet = mustBeOpen(state);
    const day = this.calendar.dayOf(this.clock.now());
    return {
      walletId,
      month: monthOf(day),
      billed: monthlyTotalsOf(wallet, day).billed,
      monthlyLimit: billLimitOf(wallet, policy) ?? null,
      of: wallet.billLimit === null ? 'all' : 'wallet',
    };
  }

  /**
   * Sets a wallet's own monthly limit of the carrier's bill. `null` returns it to the limit of all
   * wallets.
   */
  @Put()
  @OperatorOnly()
  @Responds(200, BillLimitSetAnswer)
  async setBillLimit(
    @Param('walletId') walletId: string,
    @Body({ schema: BillLimitRequest }) body: BillLimitRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(setBillLimit, incoming.to(walletId, body));
  }
}
