import { Body, Controller, Param, Post } from '@nestjs/common';
import { instantOf } from '@tokengrid/contracts';
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
import { AwaitingApprovalAnswer } from '../approvals/approvals.answers.ts';
import { GrantAnswer } from './grants.answers.ts';
import { GrantCommands } from './grants.commands.ts';
import { GrantRequest } from './grants.requests.ts';

/** Tokens granted by the operator. */
@Controller('v1/wallets/:walletId/grants')
export class GrantsController {
  constructor(private readonly grants: GrantCommands) {}

  /**
   * Grants tokens of the operator to a wallet. A grant above the market policy's threshold waits
   * for a second person.
   */
  @Post()
  @OperatorOnly()
  @Refuses('grantTokens', 'WALLET.TOO_MANY_APPROVALS')
  @Responds(201, z.union([GrantAnswer, AwaitingApprovalAnswer]))
  async grantTokens(
    @Param('walletId') walletId: string,
    @Body({ schema: GrantRequest }) body: GrantRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    const expiresAt = body.expiresAt === undefined ? null : instantOf(body.expiresAt);
    const grant = { ...body, kind: 'grant', grantId: newId('grt'), expiresAt } as const;
    return this.grants.give(caller, walletId, grant, incoming);
  }
}
