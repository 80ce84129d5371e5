import { Body, Controller, Delete, Param, Put } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  OperatorOnly,
  type Principal,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { endPlan } from '../../decisions/grants/end-plan.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { PlanAnswer, PlanEndedAnswer } from './plans.answers.ts';
import { GrantCommands } from '../grants/grant-commands.ts';
import { PlanRequest } from './plans.requests.ts';
import { giving } from '../refusals.ts';

/** What wallets get every month. */
@Controller('v1/wallets/:walletId/plan')
export class PlansController {
  constructor(
    private readonly wallets: Wallets,
    private readonly grants: GrantCommands,
    private readonly directory: WalletDirectory,
  ) {}

  /**
   * Assigns a plan to a wallet and grants the tokens of this month at once. New terms of an
   * existing plan hold from the next month on.
   */
  @Put()
  @OperatorOnly()
  @Refuses(...giving)
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
