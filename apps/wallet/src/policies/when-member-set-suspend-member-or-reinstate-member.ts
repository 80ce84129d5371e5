import { Controller } from '@nestjs/common';
import type { EventOf, MemberSet } from '@tokengrid/contracts';
import { walletCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { reinstateMember } from '../decisions/wallets/reinstate-member.ts';
import { memberOrFormer } from '../decisions/state/spending.ts';
import { suspensionOf } from '../decisions/state/status.ts';
import { suspendMember } from '../decisions/wallets/suspend-member.ts';
import type { Suspension } from '../decisions/state/suspension.ts';
import { neverSuspended } from '../decisions/state/suspension.ts';
import { Wallets } from '../streams/wallets.ts';

type Became = Recorded<EventOf<typeof MemberSet>>;

@Controller()
export class WhenMemberSetSuspendMemberOrReinstateMember {
  constructor(private readonly wallets: Wallets) {}

  /**
   * Suspends a new member whose party is suspended, as its own wallet shows, and reinstates a
   * returning member that was suspended when it left and whose party is not any more. A wallet that
   * has a later event of the party stays as it is.
   */
  @Policy({ name: 'when-member-set-suspend-member-or-reinstate-member', from: walletCatalogue, on: ['MemberSet'] })
  async suspend({ data: { walletId, memberId } }: Became, reaction: Reaction) {
    if (memberId.startsWith('key_')) return undefined;
    const { suspended, partyRevision } = await this.suspensionOf(memberId);
    if (partyRevision <= (await this.knownIn(walletId, memberId)).partyRevision) return undefined;
    const decide = suspended ? suspendMember : reinstateMember;
    return this.wallets.handle(decide, reaction.to(walletId, { memberId, partyRevision }));
  }

  private async suspensionOf(partyId: string): Promise<Suspension> {
    const wallet = await this.wallets.load(walletIdOf(partyId));
    return wallet.opened ? suspensionOf(wallet.status) : neverSuspended;
  }

  private async knownIn(walletId: string, memberId: string): Promise<Suspension> {
    const wallet = await this.wallets.load(walletId);
    return (wallet.opened && memberOrFormer(wallet, memberId)) || neverSuspended;
  }
}
