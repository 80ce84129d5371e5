import { Body, Controller, Delete, Get, Inject, Param, Put } from '@nestjs/common';
import { operatorPartyId } from '@tokengrid/contracts';
import { StorageClock } from '@tokengrid/event-store';
import type { Calendar } from '@tokengrid/kernel';
import {
  Caller,
  Incoming,
  type IncomingCommand,
  operatorCalendar,
  permissionDenied,
  type Principal,
  Refuses,
  Requires,
  Responds,
} from '@tokengrid/service';
import { heldByMember } from '../../decisions/state/spending.ts';
import { mustBeOpen } from '../../decisions/state/wallet.ts';
import { removeMember } from '../../decisions/wallets/remove-member.ts';
import { setMember } from '../../decisions/wallets/set-member.ts';
import { WalletDirectory } from '../../projections/wallet-directory.ts';
import { Wallets } from '../../streams/wallets.ts';
import { actorOf } from '../acting.ts';
import { spendingOf } from '../limits/limits.answers.ts';
import { MemberAnswer, MemberRemovedAnswer, MembersAnswer } from './members.answers.ts';
import { memberIdText, MemberRequest } from './members.requests.ts';

/** Members of a wallet. Read from its stream, like decisions. */
@Controller('v1/wallets/:walletId/members')
export class MembersController {
  constructor(
    private readonly wallets: Wallets,
    private readonly directory: WalletDirectory,
    @Inject(operatorCalendar) private readonly calendar: Calendar,
    private readonly clock: StorageClock,
  ) {}

  /**
   * Lists the members of a wallet: other parties, and the owner's API keys with caps. The list is
   * always complete.
   */
  @Get()
  @Requires('wallet:balances:read')
  @Responds(200, MembersAnswer)
  async listMembers(@Param('walletId') walletId: string, @Caller() caller: Principal) {
    await this.directory.mustReach(caller, walletId);
    const wallet = mustBeOpen(await this.wallets.load(walletId));
    const today = this.calendar.dayOf(this.clock.now());
    const data = wallet.members.map(({ memberId, suspended, spent, total, inAll, ...caps }) => ({
      ...{ memberId, suspended, total: total ?? undefined, spentInAll: inAll },
      ...spendingOf(caps, spent, heldByMember(wallet, memberId), today),
    }));
    return { data, nextCursor: null };
  }

  /**
   * Adds a member to a wallet, or replaces its caps. Owners set caps for their own API keys;
   * another party is added by the operator, and its usage is charged to this wallet from then on.
   */
  @Put(':memberId')
  @Requires('wallet:limits:write')
  @Refuses('setMember')
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
      throw permissionDenied('only the operator may make another party a member');
    }
    const membership = { memberId, ...body, actor: actorOf(caller, walletId) };
    return this.wallets.handle(setMember, incoming.to(walletId, membership));
  }

  /** Removes a member from a wallet. Its open holds stay and can still be captured by the owner. */
  @Delete(':memberId')
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
