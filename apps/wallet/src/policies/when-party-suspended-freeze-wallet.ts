import { Controller } from '@nestjs/common';
import type { EventOf, PartySuspended } from '@tokengrid/contracts';
import { identityCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { freezeWallet } from '../decisions/freeze-wallet.ts';
import { Wallets } from '../wallets.ts';

type Suspended = EventOf<typeof PartySuspended>;

@Controller()
export class WhenPartySuspendedFreezeWallet {
  constructor(private readonly wallets: Wallets) {}

  /** Freezes the wallet of a party that is suspended: its keys stop working, and so do charges. */
  @Policy({ name: 'when-party-suspended-freeze-wallet', from: identityCatalogue, on: ['PartySuspended'] })
  async freezeWallet({ data: { partyId } }: Recorded<Suspended>, reaction: Reaction) {
    return this.wallets.handle(freezeWallet, reaction.to(walletIdOf(partyId), { by: 'suspension' }));
  }
}
