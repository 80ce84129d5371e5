import { Controller } from '@nestjs/common';
import { type EventOf, instantOf, mostUsesOfEvent, settlementCatalogue, type UsesAccrued } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { chargeAdvances } from '../decisions/usage/charge-advances.ts';
import { Payers } from '../streams/payers.ts';

type Accrued = Recorded<EventOf<typeof UsesAccrued>>;

@Controller()
export class WhenUsesAccruedChargeAdvances {
  constructor(private readonly payers: Payers) {}

  /** Charges parties what the operator bore of refunds beyond their earnings. */
  @Policy({ name: 'when-uses-accrued-charge-advances', from: settlementCatalogue, on: ['UsesAccrued'] })
  chargeAdvances({ id: accruedBy, time, data }: Accrued, reaction: Reaction) {
    const all = data.periods.flatMap(({ period, advanced }) => advanced.map((advance) => ({ ...advance, period })));
    const commands = [...Map.groupBy(all, ({ partyId }) => partyId)].flatMap(([partyId, ofParty]) =>
      Array.from({ length: Math.ceil(ofParty.length / mostUsesOfEvent) }, (_, part) => {
        const advances = ofParty.slice(part * mostUsesOfEvent, (part + 1) * mostUsesOfEvent);
        const said = { partyId, accruedBy, time: instantOf(time), advances };
        return reaction.to(payerStreamOf(partyId), said, `${partyId} ${part}`);
      }),
    );
    return Promise.all(commands.map((command) => this.payers.handle(chargeAdvances, command)));
  }
}
