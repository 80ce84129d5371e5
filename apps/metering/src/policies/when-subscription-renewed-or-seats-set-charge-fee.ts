import { Controller } from '@nestjs/common';
import type { EventOf, SeatsSet, SubscriptionRenewed } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { chargeFee } from '../decisions/usage/charge-fee.ts';
import { RateCard } from '../rate-card/rate-card.ts';
import { Payers } from '../streams/payers.ts';

type FeeDue = EventOf<typeof SubscriptionRenewed> | EventOf<typeof SeatsSet>;

@Controller()
export class WhenSubscriptionRenewedOrSeatsSetChargeFee {
  constructor(
    private readonly payers: Payers,
    private readonly rateCard: RateCard,
  ) {}

  /** Charges the fee of a subscription when it is due, and that of added seats. */
  @Policy({
    name: 'when-subscription-renewed-or-seats-set-charge-fee',
    from: appRegistryCatalogue,
    on: ['SubscriptionRenewed', 'SeatsSet'],
  })
  async chargeFee({ type, data }: Recorded<FeeDue>, reaction: Reaction) {
    if (data.fee === 0n) return undefined;
    const meter = type === 'SeatsSet' ? ('seat_fee' as const) : ('monthly_fee' as const);
    const memberOf = await this.rateCard.sharedWalletOf(data.partyId);
    return this.payers.handle(chargeFee, reaction.to(payerStreamOf(data.partyId), { ...data, meter, memberOf }));
  }
}
