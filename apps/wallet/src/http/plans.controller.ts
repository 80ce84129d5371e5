import { Body, Controller, Delete, Param, Put } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  newId,
  OperatorOnly,
  type Principal,
  Responds,
} from '@tokengrid/service';
import { z } from 'zod';
import { endPlan } from '../decisions/end-plan.ts';
import { WalletDirectory } from '../projections/wallet-directory.ts';
import { Wallets } from '../wallets.ts';
import { AwaitingApprovalAnswer } from './answers/approvals.ts';
import { PlanAnswer, PlanEndedAnswer } from './answers/plans.ts';
import { GiftCommands } from './gift-commands.ts';
import { PlanRequest } from './plans.requests.ts';

/** What wallets get every month. */
@Controller('v1/wallets/:walletId/plan')
export class PlansController {
  constructor(
    private readonly wallets: Wallets,
    private readonly gifts: GiftCommands,
    private readonly directory: WalletDirectory,
  ) {}

  /** Gives a wallet a plan, and this month's tokens at once; or its plan other terms from the next month on. */
  @Put()
  @OperatorOnly()
  @Responds(200, z.union([PlanAnswer, AwaitingApprovalAnswer]))
  async assign(
    @Param('walletId') walletId: string,
    @Body({ schema: PlanRequest }) body: PlanRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return this.gifts.give(caller, walletId, { kind: 'plan', planId: newId('pln'), ...body }, incoming);
  }

  /** Ends a wallet's plan. What is left of this month's tokens stays until the month ends. */
  @Delete()
  @OperatorOnly()
  @Responds(200, PlanEndedAnswer)
  async end(@Param('walletId') walletId: string, @Caller() caller: Principal, @Incoming() incoming: IncomingCommand) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(endPlan, incoming.to(walletId, {}));
  }
}
