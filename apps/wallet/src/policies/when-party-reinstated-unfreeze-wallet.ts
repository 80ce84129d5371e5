import { Controller } from '@nestjs/common';
import type { EventOf, PartyReinstated } from '@tokengrid/contracts';
import { identityCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { unfreezeWallet } from '../decisions/unfreeze-wallet.ts';
import { Wallets } from '../wallets.ts';

type Reinstated = EventOf<typeof PartyReinstated>;

@Controller()
export class WhenPartyReinstatedUnfreezeWallet {
  constructor(private readonly wallets: Wallets) {}

  /** Lifts the freeze that a suspension brought. The operator's own freeze stays. */
  @Policy({ name: 'when-party-reinstated-unfreeze-wallet', from: identityCatalogue, on: ['PartyReinstated'] })
  async unfreezeWallet({ data: { partyId } }: Recorded<Reinstated>, reaction: Reaction) {
    return this.wallets.handle(unfreezeWallet, reaction.to(walletIdOf(partyId), { by: 'suspension' }));
  }
}
