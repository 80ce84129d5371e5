import { Controller } from '@nestjs/common';
import type { CapacityGranted, EventOf } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { receiveCapacity } from '../decisions/capacity/receive-capacity.ts';
import { Lanes } from '../streams/lanes.ts';

/** Name of the policy, for code that runs its work ahead of it. */
export const whenCapacityGrantedReceiveCapacity = 'when-capacity-granted-receive-capacity';

@Controller()
export class WhenCapacityGrantedReceiveCapacity {
  constructor(private readonly lanes: Lanes) {}

  /** Lets a lane receive its granted slice. */
  @Policy({ name: whenCapacityGrantedReceiveCapacity, from: walletCatalogue, on: ['CapacityGranted'] })
  async receiveCapacity({ data }: Recorded<EventOf<typeof CapacityGranted>>, reaction: Reaction) {
    const { lane, tokens, version } = data;
    return this.lanes.handle(receiveCapacity, reaction.to(this.lanes.streamOf(lane), { tokens, version }));
  }
}
