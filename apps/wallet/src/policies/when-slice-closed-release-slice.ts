import { Controller, Inject } from '@nestjs/common';
import type { EventOf, SliceClosed, WalletEvent } from '@tokengrid/contracts';
import { meteringCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import { EventStore } from '@tokengrid/event-store';
import type { Recorded } from '@tokengrid/kernel';
import { releaseSlice } from '../decisions/holds/release-slice.ts';
import { MemberDirectory } from '../projections/member-directory.ts';
import { Wallets } from '../streams/wallets.ts';
import { sliceClaim } from './when-slice-offered-hold-slice-or-renew-slice.ts';

type Closed = EventOf<typeof SliceClosed>;

@Controller()
export class WhenSliceClosedReleaseSlice {
  constructor(
    private readonly wallets: Wallets,
    private readonly members: MemberDirectory,
    @Inject(EventStore) private readonly store: Pick<EventStore<WalletEvent>, 'claim'>,
  ) {}

  /** Gives back what a slice has left; what was refused has nothing. */
  @Policy({ name: 'when-slice-closed-release-slice', from: meteringCatalogue, on: ['SliceClosed'] })
  async releaseSlice({ data }: Recorded<Closed>, reaction: Reaction) {
    const { partyId, sliceId, lastCharged, reason } = data;
    if (reason === 'refused') return undefined;
    const [shared] = await this.members.walletsOf(partyId);
    const walletId = await this.store.claim(sliceClaim(sliceId), shared ?? walletIdOf(partyId));
    return this.wallets.handle(releaseSlice, reaction.to(walletId, { sliceId, lastCharged }));
  }
}
