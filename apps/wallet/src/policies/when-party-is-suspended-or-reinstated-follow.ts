import { Controller } from '@nestjs/common';
import type { EventOf, PartyReinstated, PartySuspended } from '@tokengrid/contracts';
import { identityCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { freezeWallet } from '../decisions/freeze-wallet.ts';
import { reinstateMember } from '../decisions/reinstate-member.ts';
import { suspendMember } from '../decisions/suspend-member.ts';
import { unfreezeWallet } from '../decisions/unfreeze-wallet.ts';
import { InTurn } from '../in-turn.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Wallets } from '../wallets.ts';

type Changed = Recorded<EventOf<typeof PartySuspended | typeof PartyReinstated>>;

@Controller()
export class WhenPartyIsSuspendedOrReinstatedFollow {
  constructor(
    private readonly wallets: Wallets,
    private readonly members: MemberDirectory,
    private readonly turns: InTurn,
  ) {}

  /**
   * Freezes the wallet of a party that is suspended, and suspends it wherever it is a member; lifts both when it is reinstated. One policy
   * reads both, and one party's events one after the other: the last one counts. The operator's own freeze stays.
   */
  @Policy({
    name: 'when-party-is-suspended-or-reinstated-follow',
    from: identityCatalogue,
    on: ['PartySuspended', 'PartyReinstated'],
  })
  follow(event: Changed, reaction: Reaction) {
    return this.turns.take(event.data.partyId, () => this.followOne(event, reaction));
  }

  private async followOne({ type, data: { partyId } }: Changed, reaction: Reaction) {
    const isSuspended = type === 'PartySuspended';
    const own = reaction.to(walletIdOf(partyId), { by: 'suspension' } as const);
    // Its own wallet first: whoever makes it a member from here on finds it frozen.
    const outcome = await this.wallets.handle(isSuspended ? freezeWallet : unfreezeWallet, own);
    const shared = await this.members.walletsOf(partyId);
    const decide = isSuspended ? suspendMember : reinstateMember;
    const others = shared.map((walletId) =>
      this.wallets.handle(decide, reaction.to(walletId, { memberId: partyId }, walletId)),
    );
    return [outcome, ...(await Promise.all(others))];
  }
}
