import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  notFound,
  OperatorOnly,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { endPlan } from '../../decisions/grants/end-plan.ts';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { GrantCommands } from '../grants/grants.commands.ts';
import { PlanAnswer, PlanEndedAnswer } from './plan.answers.ts';
import { PlanRequest } from './plan.requests.ts';

/** Tokens granted every month. Read from the wallet's stream, like decisions. */
@Controller('v1/wallets/:walletId/plan')
export class PlanController {
  constructor(
    private readonly wallets: Wallets,
    private readonly grants: GrantCommands,
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

  /**
   * Assigns a plan to a wallet and grants the tokens of this month at once. New terms of an
   * existing plan hold from the next month on.
   */
  @Put()
  @OperatorOnly()
  @Refuses('assignPlan', 'WALLET.TOO_MANY_APPROVALS')
  @Responds(200, z.union([PlanAnswer, AwaitingApprovalAnswer]))
  async assignPlan(
    @Param('walletId') walletId: string,
    @Body({ schema: PlanRequest }) body: PlanRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.grants.give(caller, walletId, { kind: 'plan', planId: newId('pln'), ...body }, incoming);
  }

  /** Ends a wallet's plan. The rest of this month's tokens stays until the month ends. */
  @Delete()
  @OperatorOnly()
  @Responds(200, PlanEndedAnswer)
  async endPlan(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(endPlan, incoming.to(walletId, {}));
  }
}
