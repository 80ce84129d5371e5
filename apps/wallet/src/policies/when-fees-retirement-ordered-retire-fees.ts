import { Controller } from '@nestjs/common';
import type { EventOf, FeesRetirementOrdered } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { retireFees } from '../decisions/usage/retire-fees.ts';
import { Lanes } from '../streams/lanes.ts';

/** Name of the policy, for code that runs its work ahead of it. */
export const whenFeesRetirementOrderedRetireFees = 'when-fees-retirement-ordered-retire-fees';

@Controller()
export class WhenFeesRetirementOrderedRetireFees {
  constructor(private readonly lanes: Lanes) {}

  /** Lets each lane retire its share of the fees. */
  @Policy({ name: whenFeesRetirementOrderedRetireFees, from: walletCatalogue, on: ['FeesRetirementOrdered'] })
  async retire({ data }: Recorded<EventOf<typeof FeesRetirementOrdered>>, reaction: Reaction) {
    const { retirementId, lanes } = data;
    return Promise.all(
      lanes.map(({ lane, tokens }) =>
        this.lanes.handle(retireFees, reaction.to(this.lanes.streamOf(lane), { retirementId, tokens }, String(lane))),
      ),
    );
  }
}
