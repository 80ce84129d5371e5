import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import { type Calendar, monthOf } from '@tokengrid/kernel';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  operatorCalendar,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { monthlyTotalsOf } from '../../decisions/state/monthly-totals.ts';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { setExhaustionPolicy } from '../../decisions/wallets/set-exhaustion-policy.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import { ExhaustionAnswer, ExhaustionPolicyAnswer } from './exhaustion-policy.answers.ts';
import { ExhaustionPolicyRequest } from './exhaustion-policy.requests.ts';

/** Answers of the exhaustion policy's events. */
@Controller('v1/wallets/:walletId/exhaustion-policy')
export class ExhaustionPolicyController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Sets the action for a use that the wallet does not cover. `stop` refuses it; `bill` buys the
   * lacking tokens on the carrier's bill.
   */
  @Put()
  @Requires('wallet:limits:write')
  @Responds(200, ExhaustionPolicyAnswer)
  async setExhaustionPolicy(
    @Param('walletId') walletId: string,
    @Body({ schema: ExhaustionPolicyRequest }) { action, monthlyCap }: ExhaustionPolicyRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    const policy = { action, monthlyCap: monthlyCap ?? null, actor: actorOf(caller, walletId) };
    return this.wallets.handle(setExhaustionPolicy, incoming.to(walletId, policy));
  }

  /** Gets the exhaustion policy of a wallet. The answer tells the amount spent by it this month. */
  @Get()
  @Requires('wallet:balances:read')
  @Responds(200, ExhaustionAnswer)
  async getExhaustionPolicy(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    await this.directory.mustReach(caller, walletId);
    const wallet = mustBeOpen(await this.wallets.load(walletId));
    const day = this.calendar.dayOf(this.clock.now());
    return { walletId, ...wallet.exhaustion, month: monthOf(day), spent: monthlyTotalsOf(wallet, day).automatic };
  }
}
