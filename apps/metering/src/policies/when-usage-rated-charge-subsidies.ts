import { Controller } from '@nestjs/common';
import type { EventOf, UsageRated } from '@tokengrid/contracts';
import { meteringCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { payerStreamOf } from '../decisions/state/payer.ts';
import { chargeSubsidies } from '../decisions/usage/charge-subsidies.ts';
import { Payers } from '../streams/payers.ts';

type Rated = EventOf<typeof UsageRated>;

@Controller()
export class WhenUsageRatedChargeSubsidies {
  constructor(private readonly payers: Payers) {}

  /** Charges developers what they sell below the cost of the model that it used. */
  @Policy({ name: 'when-usage-rated-charge-subsidies', from: meteringCatalogue, on: ['UsageRated'] })
  chargeSubsidies({ data }: Recorded<Rated>, reaction: Reaction) {
    const subsidised = data.uses.filter(({ subsidy }) => subsidy !== undefined);
    const byDeveloper = Map.groupBy(subsidised, ({ subsidy }) => subsidy!.partyId);
    return Promise.all(
      [...byDeveloper].map(([developerId, uses]) =>
        this.payers.handle(
          chargeSubsidies,
          reaction.to(payerStreamOf(developerId), { developerId, uses }, developerId),
        ),
      ),
    );
  }
}
