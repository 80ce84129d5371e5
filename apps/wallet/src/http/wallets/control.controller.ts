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
  Refuses,
  Responds,
} from '@tokengrid/service';
import { closeWallet } from '../../decisions/wallets/close-wallet.ts';
import { freezeWallet } from '../../decisions/wallets/freeze-wallet.ts';
import { removeMember } from '../../decisions/wallets/remove-member.ts';
import { reopenWallet } from '../../decisions/wallets/reopen-wallet.ts';
import { setMember } from '../../decisions/wallets/set-member.ts';
import { setSpendLimits } from '../../decisions/wallets/set-spend-limits.ts';
import { unfreezeWallet } from '../../decisions/wallets/unfreeze-wallet.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { LimitsAnswer, MemberAnswer, MemberRemovedAnswer, WalletStatusAnswer } from './control.answers.ts';
import { actorOf } from '../acting.ts';
import { FreezeRequest, LimitsRequest, memberIdText, MemberRequest } from './control.requests.ts';

/** What a wallet may do, how much of it, and by whom. */
@Controller('v1/wallets/:walletId')
export class ControlController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
  ) {}

  /** Freezes a wallet: nothing leaves it but tokens under its holds. Tokens still come in. */
  @Post('freeze')
  @OperatorOnly()
  @Responds(200, WalletStatusAnswer)
  async freezeWallet(
    @Param('walletId') walletId: string,
    @Body({ schema: FreezeRequest }) { reason }: FreezeRequest,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(freezeWallet, incoming.to(walletId, { by: 'operator', reason }));
  }

  /**
   * Lifts the operator's freeze. A freeze by the party's suspension stays until the party is
   * reinstated.
   */
  @Post('unfreeze')
  @OperatorOnly()
  @Responds(200, WalletStatusAnswer)
  async unfreezeWallet(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(unfreezeWallet, incoming.to(walletId, { by: 'operator' }));
  }

  /** Closes an empty wallet. Earnings and returned transfers still come in, and open it again. */
  @Post('close')
  @OperatorOnly()
  @Refuses('WALLET.IN_DEBT', 'WALLET.NOT_EMPTY')
  @Responds(200, WalletStatusAnswer)
  async closeWallet(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(closeWallet, incoming.to(walletId, {}));
  }

  /** Opens a closed wallet again. A freeze from before still holds. */
  @Post('reopen')
  @OperatorOnly()
  @Refuses('WALLET.NOT_CLOSED')
  @Responds(200, WalletStatusAnswer)
  async reopenWallet(
    @Param('walletId') walletId: string,
    @Caller() caller: Principal,
    @Incoming() incoming: IncomingCommand,
  ) {
    await this.directory.mustReach(caller, walletId);
    return this.wallets.handle(reopenWallet, incoming.to(walletId, {}));
  }

  /**
   * Sets the spend limits of a wallet, in place of earlier ones. They bound charges, captures,
   * transfers and open holds, with the spend of today and this month counted.
   */
  @Put('limits')
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

  /**
   * Adds a member to a wallet, or replaces its caps. Owners set caps for their own API keys;
   * another party is added by the operator, and its usage is charged to this wallet from then on.
   */
  @Put('members/:memberId')
  @Requires('wallet:limits:write')
  @Refuses('WALLET.TOO_MANY_MEMBERS')
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

  /** Removes a member from a wallet. Its open holds stay and can still be captured by the owner. */
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
