import { Controller, Get, Inject, Param } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { type Calendar, monthOf } from '@tokengrid/kernel';
import { Caller, operatorCalendar, type Principal, Requires, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { billLimitOf } from '../../decisions/rules/market-limits.ts';
import { monthlyTotalsOf } from '../../decisions/state/monthly-totals.ts';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { Wallets } from '../../streams/wallets.ts';
import { MarketPolicyInForce } from '../../projections/market-policy-in-force.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';

const minorUnits = z.string().meta({ description: 'minor units of the operator’s currency', example: '20000' });

export const BillAnswer = z
  .strictObject({
    walletId: z.string(),
    month: z.string().meta({ description: 'calendar month of the operator’s', example: '2026-01' }),
    billed: minorUnits,
    monthlyLimit: minorUnits.nullable().meta({ description: 'null: no limit' }),
    of: z.enum(['wallet', 'all']).meta({ description: 'whose limit it is: this wallet’s own, or what holds for all' }),
  })
  .meta({ id: 'Bill' });

/** What the carrier bills. Read from the wallet's stream: it is what purchases are decided on. */
@Controller('v1/wallets/:walletId/bill-limit')
export class BillsController {
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
}
