import { Controller, Get, Param } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import { Caller, notFound, type Principal, Requires, Responds } from '@tokengrid/service';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { PlanAnswer } from './plans.answers.ts';
import { Wallets } from '../../streams/wallets.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';

/** What a wallet gets every month. Read from its stream: it is what its next month is decided on. */
@Controller('v1/wallets/:walletId/plan')
export class PlanStatesController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
  ) {}

  /** Gets the plan of a wallet. 404 for a wallet without one. */
  @Get()
  @Requires('wallet:balances:read')
  @Responds(200, PlanAnswer)
  async getPlan(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    await this.directory.mustReach(caller, walletId);
    const { plan } = mustBeOpen(await this.wallets.load(walletId));
    if (!plan) throw notFound('the wallet has no plan');
    const { planId, tokens, rolloverCap, transferable, resetsAt } = plan;
    const terms = { planId, walletId, tokens, rolloverCap, transferable };
    return { ...terms, resetsAt: instantOf(resetsAt), status: 'active' };
  }
}
