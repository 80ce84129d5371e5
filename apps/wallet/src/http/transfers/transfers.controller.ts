import { Body, Controller, Param, Post } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { TransferAnswer } from './transfers.answers.ts';
import { TransferCommands } from './transfers.commands.ts';
import { TransferRequest } from './transfers.requests.ts';

/** Tokens sent to another wallet. */
@Controller('v1/wallets/:walletId/transfers')
export class TransfersController {
  constructor(private readonly commands: TransferCommands) {}

  /**
   * Sends tokens to another wallet. They have left when this answers, and arrive a moment later.
   */
  @Post()
  @Requires('wallet:transfers:write')
  @Refuses('sendTokens')
  @Responds(201, TransferAnswer)
  async sendTokens(
    @Param('walletId') walletId: string,
    @Body({ schema: TransferRequest }) body: TransferRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.send(caller, walletId, body))(incoming);
  }
}
