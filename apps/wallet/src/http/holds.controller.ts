import { Body, Controller, Param, Post } from '@nestjs/common';
import { Caller, Incoming, type IncomingCommand, type Principal, Requires, Responds } from '@tokengrid/service';
import { CaptureAnswer, ExtendedHoldAnswer, HoldAnswer, ReleaseAnswer } from './answers/holds.ts';
import { HoldCommands } from './hold-commands.ts';
import { CaptureRequest, ExtendHoldRequest, HoldRequest } from './holds.requests.ts';

/** Tokens set aside for uses that are under way. */
@Controller('v1')
export class HoldsController {
  constructor(private readonly commands: HoldCommands) {}

  /** Sets tokens aside. They can't be spent otherwise until they are captured, released, or the hold expires. */
  @Post('wallets/:walletId/holds')
  @Requires('wallet:holds:write')
  @Responds(201, HoldAnswer)
  async place(
    @Param('walletId') walletId: string,
    @Body({ schema: HoldRequest }) body: HoldRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.place(caller, walletId, body))(incoming);
  }

  /** Sets more tokens aside under a hold, and lets it last longer where `expiresInSeconds` says so. */
  @Post('holds/:holdId/extend')
  @Requires('wallet:holds:write')
  @Responds(200, ExtendedHoldAnswer)
  async extend(
    @Param('holdId') holdId: string,
    @Body({ schema: ExtendHoldRequest }) body: ExtendHoldRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.extend(caller, holdId, body))(incoming);
  }

  /**
   * Takes what the use has cost: out of the hold first, then out of the wallet as far as it has more; what is still missing is
   * the `shortfall`. A final capture ends the hold, and what is left under it can be spent again.
   */
  @Post('holds/:holdId/captures')
  @Requires('wallet:holds:write')
  @Responds(201, CaptureAnswer)
  async capture(
    @Param('holdId') holdId: string,
    @Body({ schema: CaptureRequest }) body: CaptureRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.capture(caller, holdId, body))(incoming);
  }

  /** Gives a hold up: what is left under it can be spent again. */
  @Post('holds/:holdId/release')
  @Requires('wallet:holds:write')
  @Responds(200, ReleaseAnswer)
  async release(@Param('holdId') holdId: string, @Caller() caller: Principal, @Incoming() incoming: IncomingCommand) {
    return (await this.commands.release(caller, holdId))(incoming);
  }
}
