import { Body, Controller, Delete, Param, Post, Put } from '@nestjs/common';
import { operatorPartyId } from '@tokengrid/contracts';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  OperatorOnly,
  permissionDenied,
  type Principal,
  Requires,
  Responds,
} from '@tokengrid/service';
import { closeWallet } from '../decisions/close-wallet.ts';
import { freezeWallet } from '../decisions/freeze-wallet.ts';
import { removeMember } from '../decisions/remove-member.ts';
import { reopenWallet } from '../decisions/reopen-wallet.ts';
import { setMember } from '../decisions/set-member.ts';
import { setSpendLimits } from '../decisions/set-spend-limits.ts';
import { unfreezeWallet } from '../decisions/unfreeze-wallet.ts';
import { WalletDirectory } from '../projections/wallet-directory.ts';
import { Wallets } from '../wallets.ts';
import { LimitsAnswer, MemberAnswer, MemberRemovedAnswer, StandingAnswer } from './answers/control.ts';
import { actorOf } from './acting.ts';
import { FreezeRequest, LimitsRequest, memberIdText, MemberRequest } from './control.requests.ts';

/** What a wallet may do, how much of it, and by whom. */
@Controller('v1/wallets/:walletId')
export class ControlController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
  ) {}

  /** Lets nothing leave a wallet but what is under its holds. What comes in still does. */
  @Post('freeze')
  @OperatorOnly()
  @Responds(200, StandingAnswer)
  async freeze(
    @Param('walletId') walletId: string,
    @Body({ schema: FreezeRequest }) { reason }: FreezeRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(freezeWallet, incoming.to(walletId, { by: 'operator', reason }));
  }

  /** Lifts the operator's freeze. One by the suspension of the party stays until it is reinstated. */
  @Post('unfreeze')
  @OperatorOnly()
  @Responds(200, StandingAnswer)
  async unfreeze(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(unfreezeWallet, incoming.to(walletId, { by: 'operator' }));
  }

  /** Closes an empty wallet. What is owed to its party afterwards still comes in, and opens it again. */
  @Post('close')
  @OperatorOnly()
  @Responds(200, StandingAnswer)
  async close(@Param('walletId') walletId: string, @Caller() caller: Principal, @Incoming() incoming: IncomingCommand) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(closeWallet, incoming.to(walletId, {}));
  }

  /** Opens a closed wallet again. Who had frozen it has still done so. */
  @Post('reopen')
  @OperatorOnly()
  @Responds(200, StandingAnswer)
  async reopen(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(reopenWallet, incoming.to(walletId, {}));
  }

  /** Limits what may be spent: charged, captured, set aside or sent. What was spent already today and this month counts. */
  @Put('limits')
  @Requires('wallet:limits:write')
  @Responds(200, LimitsAnswer)
  async limit(
    @Param('walletId') walletId: string,
    @Body({ schema: LimitsRequest }) body: LimitsRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(setSpendLimits, incoming.to(walletId, { ...body, actor: actorOf(caller, walletId) }));
  }

  /**
   * Lets a member spend from the wallet up to caps of its own, or changes them. An owner sets caps for its own API keys; another party
   * is made a member by the operator, since what that party uses is charged to this wallet from then on.
   */
  @Put('members/:memberId')
  @Requires('wallet:limits:write')
  @Responds(200, MemberAnswer)
  async setMember(
    @Param('walletId') walletId: string,
    @Param('memberId', { schema: memberIdText }) memberId: string,
    @Body({ schema: MemberRequest }) body: MemberRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    if (!memberId.startsWith('key_') && caller.partyId !== operatorPartyId) {
      throw permissionDenied('only the operator makes another party a member of a wallet');
    }
    const membership = { memberId, ...body, actor: actorOf(caller, walletId) };
    return this.wallets.handle(setMember, incoming.to(walletId, membership));
  }

  /** Lets a member spend from the wallet no more. */
  @Delete('members/:memberId')
  @Requires('wallet:limits:write')
  @Responds(200, MemberRemovedAnswer)
  async removeMember(
    @Param('walletId') walletId: string,
    @Param('memberId', { schema: memberIdText }) memberId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    const removal = { memberId, actor: actorOf(caller, walletId) };
    return this.wallets.handle(removeMember, incoming.to(walletId, removal));
  }
}
