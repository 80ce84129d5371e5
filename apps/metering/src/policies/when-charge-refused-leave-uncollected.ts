import { Controller } from '@nestjs/common';
import type { ChargeRefused, EventOf } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { leaveUncollected, type LeaveUncollected } from '../decisions/usage/leave-uncollected.ts';
import { Usages } from '../streams/usages.ts';

type Refused = Recorded<EventOf<typeof ChargeRefused>>;

@Controller()
export class WhenChargeRefusedLeaveUncollected {
  constructor(private readonly usages: Usages) {}

  /** Marks usage as uncollected when the wallet refused its charge. */
  @Policy({ name: 'when-charge-refused-leave-uncollected', from: walletCatalogue, on: ['ChargeRefused'] })
  leaveUncollected(event: Refused, reaction: Reaction) {
    return this.usages.handle(leaveUncollected, reaction.to(event.data.usageId, uncollectedAfter(event)));
  }
}

/** Command for the wallet's refusal. */
function uncollectedAfter({ data: { usageId, chargeId, code } }: Refused): LeaveUncollected {
  return { usageId, chargeId, code };
}
