import { Controller } from '@nestjs/common';
import type { EventOf, UsageBilled } from '@tokengrid/contracts';
import { meteringCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { accrueUsage, type AccrueUsage } from '../decisions/accruals/accrue-usage.ts';
import { SettlementLanes } from '../streams/settlement-lanes.ts';

type Billed = EventOf<typeof UsageBilled>;

@Controller()
export class WhenUsageBilledAccrueUsage {
  constructor(private readonly lanes: SettlementLanes) {}

  /** Accrues the shares of each billed use. */
  @Policy({ name: 'when-usage-billed-accrue-usage', from: meteringCatalogue, on: ['UsageBilled'] })
  accrueUsage(event: Recorded<Billed>, reaction: Reaction) {
    return this.lanes.handle(accrueUsage, reaction.to(this.lanes.streamOfUse(event.data.usageId), accrualOf(event)));
  }
}

/** Command for a billed use. */
function accrualOf({ data }: Billed): AccrueUsage {
  const { usageId, chargeId, partyId, time, tokens, shares, walletLane, chargedBy } = data;
  return { usageId, chargeId, payerId: partyId, time, tokens, shares, walletLane, chargedBy };
}
