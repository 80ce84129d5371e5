import { Controller } from '@nestjs/common';
import { type EventOf, meteringCatalogue, type UsageCorrected, type UsageRated } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { ChargingCorrections } from '../flows/charging-corrections.ts';
import { ChargingRatedUses } from '../flows/charging-rated-uses.ts';
import { UsesInOrder } from '../flows/uses-in-order.ts';

type Used = EventOf<typeof UsageRated | typeof UsageCorrected>;

/**
 * One policy for both events, so that one mark says how far the wallet has followed a payer: what
 * a use gives back may be charged by a correction before it, and the other way round (ADR 72).
 */
@Controller()
export class WhenUsageRatedOrUsageCorrectedChargeWallet {
  private readonly order = new UsesInOrder();

  constructor(
    private readonly uses: ChargingRatedUses,
    private readonly corrections: ChargingCorrections,
  ) {}

  /** Charges rated uses and the differences of corrected ones, or gives them back. */
  @Policy({
    name: 'when-usage-rated-or-usage-corrected-charge-wallet',
    from: meteringCatalogue,
    on: ['UsageRated', 'UsageCorrected'],
  })
  chargeWallet(event: Recorded<Used>, reaction: Reaction) {
    return event.type === 'UsageRated'
      ? this.order.follow(event.data.uses, () => this.uses.charge(event, reaction))
      : this.order.follow(event.data.corrections, () => this.corrections.charge(event, reaction));
  }
}
