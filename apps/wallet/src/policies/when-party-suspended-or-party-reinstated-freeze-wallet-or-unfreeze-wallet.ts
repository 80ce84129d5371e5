import { Controller } from '@nestjs/common';
import type { EventOf, PartyReinstated, PartySuspended } from '@tokengrid/contracts';
import { identityCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { freezeWallet } from '../decisions/wallets/freeze-wallet.ts';
import { reinstateMember } from '../decisions/wallets/reinstate-member.ts';
import { suspendMember } from '../decisions/wallets/suspend-member.ts';
import { unfreezeWallet } from '../decisions/wallets/unfreeze-wallet.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Wallets } from '../streams/wallets.ts';

type Changed = Recorded<EventOf<typeof PartySuspended | typeof PartyReinstated>>;

@Controller()
export class WhenPartySuspendedOrPartyReinstatedFreezeWalletOrUnfreezeWallet {
  constructor(
    private readonly wallets: Wallets,
    private readonly members: MemberDirectory,
  ) {}

  /**
   * Freezes the wallet of a suspended party, and suspends it wherever it is a member; lifts both
   * when it is reinstated. The later event of the party's stream counts, in whichever order wallets
   * get them: an event that is read again finds wallets that its party has joined since. The
   * operator's own freeze stays.
   */
  @Policy({
    name: 'when-party-suspended-or-party-reinstated-freeze-wallet-or-unfreeze-wallet',
    from: identityCatalogue,
    on: ['PartySuspended', 'PartyReinstated'],
  })
  async follow({ type, revision, data: { partyId } }: Changed, reaction: Reaction) {
    const isSuspended = type === 'PartySuspended';
    const own = reaction.to(walletIdOf(partyId), { by: 'suspension', partyRevision: revision } as const, 'own');
    // Its own wallet first: a wallet that makes it a member from now on finds it frozen.
    const outcome = await this.wallets.handle(isSuspended ? freezeWallet : unfreezeWallet, own);
    const shared = await this.members.walletsOf(partyId);
    const decide = isSuspended ? suspendMember : reinstateMember;
    const others = shared.map((walletId) =>
      this.wallets.handle(decide, reaction.to(walletId, { memberId: partyId, partyRevision: revision }, walletId)),
    );
    return [outcome, ...(await Promise.all(others))];
  }
}
