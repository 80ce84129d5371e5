import { Body, Controller, Param, Post } from '@nestjs/common';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  type Principal,
  Requires,
  Refuses,
  Responds,
} from '@tokengrid/service';
import { CaptureAnswer, ExtendedHoldAnswer, HoldAnswer, ReleaseAnswer } from './holds.answers.ts';
import { HoldCommands } from './hold-commands.ts';
import { CaptureRequest, ExtendHoldRequest, HoldRequest } from './holds.requests.ts';
import { gone, membership, spending } from '../refusals.ts';

/** Tokens set aside for uses that are under way. */
@Controller('v1')
export class HoldsController {
  constructor(private readonly commands: HoldCommands) {}

  /**
   * Sets tokens aside for a use under way. They cannot be spent otherwise until they are captured
   * or released, or the hold expires.
   */
  @Post('wallets/:walletId/holds')
  @Requires('wallet:holds:write')
  @Refuses(...spending, 'WALLET.TOO_MANY_HOLDS', 'WALLET.INSUFFICIENT_TOKENS')
  @Responds(201, HoldAnswer)
  async placeHold(
    @Param('walletId') walletId: string,
    @Body({ schema: HoldRequest }) body: HoldRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.place(caller, walletId, body))(incoming);
  }

  /**
   * Sets more tokens aside under a hold. With `expiresInSeconds` it lasts longer, never shorter.
   */
  @Post('holds/:holdId/extend')
  @Requires('wallet:holds:write')
  @Refuses(...gone, ...spending, 'WALLET.TOO_MANY_MEMBERS', 'WALLET.INSUFFICIENT_TOKENS')
  @Responds(200, ExtendedHoldAnswer)
  async extendHold(
    @Param('holdId') holdId: string,
    @Body({ schema: ExtendHoldRequest }) body: ExtendHoldRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.extend(caller, holdId, body))(incoming);
  }

  /**
   * Takes the cost of a use, from the hold first and then from the wallet. The `shortfall` is what
   * neither covers; a final capture ends the hold and returns the rest to the wallet.
   */
  @Post('holds/:holdId/captures')
  @Requires('wallet:holds:write')
  @Refuses(...gone, ...membership, 'WALLET.LIMIT_EXCEEDED')
  @Responds(201, CaptureAnswer)
  async captureHold(
    @Param('holdId') holdId: string,
    @Body({ schema: CaptureRequest }) body: CaptureRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.capture(caller, holdId, body))(incoming);
  }

  /** Releases a hold. Tokens left under it return to the wallet. */
  @Post('holds/:holdId/release')
  @Requires('wallet:holds:write')
  @Refuses(...gone, ...membership)
  @Responds(200, ReleaseAnswer)
  async releaseHold(
    @Param('holdId') holdId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    return (await this.commands.release(caller, holdId))(incoming);
  }
}
