import { Controller } from '@nestjs/common';
import type { CapacityDeclared, EventOf } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { returnCapacity } from '../decisions/capacity/return-capacity.ts';
import { Lanes } from '../streams/lanes.ts';

/** Name of the policy, for code that runs its work ahead of it. */
export const whenCapacityDeclaredReturnCapacity = 'when-capacity-declared-return-capacity';

@Controller()
export class WhenCapacityDeclaredReturnCapacity {
  constructor(private readonly lanes: Lanes) {}

  /** Lets every lane return its unused capacity, so that the new limit holds in all of them. */
  @Policy({ name: whenCapacityDeclaredReturnCapacity, from: walletCatalogue, on: ['CapacityDeclared'] })
  async returnCapacity({ data }: Recorded<EventOf<typeof CapacityDeclared>>, reaction: Reaction) {
    const { version } = data;
    const returns = this.lanes.all.map((lane) =>
      this.lanes.handle(returnCapacity, reaction.to(this.lanes.streamOf(lane), { version }, String(lane))),
    );
    return Promise.all(returns);
  }
}
