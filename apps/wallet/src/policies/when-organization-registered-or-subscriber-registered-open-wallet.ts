import { Controller } from '@nestjs/common';
import type { EventOf, OrganizationRegistered, SubscriberRegistered } from '@tokengrid/contracts';
import { identityCatalogue, walletIdOf } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { openWallet, type OpenWallet } from '../decisions/wallets/open-wallet.ts';
import { Wallets } from '../streams/wallets.ts';

type Registered = EventOf<typeof OrganizationRegistered | typeof SubscriberRegistered>;

@Controller()
export class WhenOrganizationRegisteredOrSubscriberRegisteredOpenWallet {
  constructor(private readonly wallets: Wallets) {}

  /** Opens a wallet for each registered party. */
  @Policy({
    name: 'when-organization-registered-or-subscriber-registered-open-wallet',
    opens: true,
    from: identityCatalogue,
    on: ['OrganizationRegistered', 'SubscriberRegistered'],
  })
  async openWallet(event: Recorded<Registered>, reaction: Reaction) {
    const opening = openingFor(event);
    return this.wallets.handle(openWallet, reaction.to(opening.walletId, opening));
  }
}

/** Command to open a wallet, whose id derives from the party's, so that no look-up is needed. */
export function openingFor(event: Registered): OpenWallet {
  const { partyId } = event.data;
  const partyKind = event.type === 'OrganizationRegistered' ? event.data.kind : 'subscriber';
  return { walletId: walletIdOf(partyId), partyId, partyKind };
}
