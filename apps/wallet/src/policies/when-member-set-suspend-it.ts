import { Controller } from '@nestjs/common';
import type { EventOf, MemberSet, WalletEvent } from '@tokengrid/contracts';
import { walletCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Outcome } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { reinstateMember } from '../decisions/reinstate-member.ts';
import { suspendMember } from '../decisions/suspend-member.ts';
import { Wallets } from '../wallets.ts';

type Became = Recorded<EventOf<typeof MemberSet>>;

@Controller()
export class WhenMemberSetSuspendIt {
  constructor(private readonly wallets: Wallets) {}

  /**
   * Suspends who became a member while its party is suspended, which its own wallet says, and reinstates who comes back as it was when it
   * left, suspended, while its party is not any more. It looks again after that: had that changed meanwhile, whoever follows the party may
   * have been here first.
   */
  @Policy({ name: 'when-member-set-suspend-it', from: walletCatalogue, on: ['MemberSet'] })
  async suspend({ data: { walletId, memberId } }: Became, reaction: Reaction) {
    const outcomes: Outcome<WalletEvent>[] = [];
    if (memberId.startsWith('key_')) return outcomes;
    for (let wasSuspended = await this.isSuspendedIn(walletId, memberId); ; wasSuspended = !wasSuspended) {
      if ((await this.isSuspended(memberId)) === wasSuspended) return outcomes;
      const decide = wasSuspended ? reinstateMember : suspendMember;
      // A redelivery may begin with the other one, which must not be taken for what was done then.
      const command = reaction.to(walletId, { memberId }, `${decide.name} ${outcomes.length}`);
      outcomes.push(await this.wallets.handle(decide, command));
    }
  }

  private async isSuspendedIn(walletId: string, memberId: string): Promise<boolean> {
    const wallet = await this.wallets.load(walletId);
    if (wallet.status !== 'open') return false;
    return wallet.members.some((member) => member.memberId === memberId && member.suspended);
  }

  private async isSuspended(partyId: string): Promise<boolean> {
    const wallet = await this.wallets.load(walletIdOf(partyId));
    return wallet.status === 'open' && wallet.standing.frozenBy.includes('suspension');
  }
}
