import { Controller } from '@nestjs/common';
import type { EventOf, SubscriptionRenewed } from '@tokengrid/contracts';
import { appRegistryCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { chargeFee } from '../decisions/usage/charge-fee.ts';
import { Payers } from '../streams/payers.ts';

type Renewed = EventOf<typeof SubscriptionRenewed>;

@Controller()
export class WhenSubscriptionRenewedChargeFee {
  constructor(private readonly payers: Payers) {}

  /** Charges the fee of a subscription when it is due. */
  @Policy({ name: 'when-subscription-renewed-charge-fee', from: appRegistryCatalogue, on: ['SubscriptionRenewed'] })
  chargeFee({ data }: Recorded<Renewed>, reaction: Reaction) {
    return data.fee === 0n ? undefined : this.payers.handle(chargeFee, reaction.to(payerStreamOf(data.partyId), data));
  }
}
