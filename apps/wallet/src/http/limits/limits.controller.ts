import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { StorageClock } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  operatorCalendar,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { reachedAlerts } from '../../decisions/state/alerts.ts';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { setSpendLimits } from '../../decisions/wallets/set-spend-limits.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import { LimitsAnswer, LimitsStateAnswer, spendingOf } from './limits.answers.ts';
import { LimitsRequest } from './limits.requests.ts';

/** Spend limits of a wallet. Read from its stream, like decisions. */
@Controller('v1/wallets/:walletId/limits')
export class LimitsController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Gets the spend limits of a wallet. The answer tells the spend of today and this month, and the
   * alerts reached.
   */
  @Get()
  @Requires('wallet:balances:read')
  @Responds(200, LimitsStateAnswer)
  async getLimits(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    await this.directory.mustReach(caller, walletId);
    const wallet = mustBeOpen(await this.wallets.load(walletId));
    const today = this.calendar.dayOf(this.clock.now());
    const { limits, spent, held } = wallet;
    const reached = reachedAlerts(wallet, today);
    return { walletId, ...spendingOf(limits, spent, held, today), alertsAt: limits.alertsAt, reached };
  }

  /**
   * Sets the spend limits of a wallet, in place of earlier ones. They bound charges, captures,
   * transfers and open holds, with the spend of today and this month counted.
   */
  @Put()
  @Requires('wallet:limits:write')
  @Responds(200, LimitsAnswer)
  async setSpendLimits(
    @Param('walletId') walletId: string,
    @Body({ schema: LimitsRequest }) body: LimitsRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(setSpendLimits, incoming.to(walletId, { ...body, actor: actorOf(caller, walletId) }));
  }
}
