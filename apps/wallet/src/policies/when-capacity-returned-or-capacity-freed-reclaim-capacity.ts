import { Controller } from '@nestjs/common';
import type { CapacityFreed, CapacityReturned, EventOf } from '@tokengrid/contracts';
import { walletCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { CapacityStream } from '../streams/capacity.ts';
import { capacityStreamId } from '../decisions/state/capacity.ts';
import { reclaimCapacity, type ReclaimCapacity } from '../decisions/capacity/reclaim-capacity.ts';

type Returned = Recorded<EventOf<typeof CapacityReturned | typeof CapacityFreed>>;

/** Name of the policy, for code that runs its work ahead of it. */
export const whenCapacityReturnedOrCapacityFreedReclaimCapacity =
  'when-capacity-returned-or-capacity-freed-reclaim-capacity';

@Controller()
export class WhenCapacityReturnedOrCapacityFreedReclaimCapacity {
  constructor(private readonly capacity: CapacityStream) {}

  /** Makes returned or freed capacity available to all lanes again. */
  @Policy({
    name: whenCapacityReturnedOrCapacityFreedReclaimCapacity,
    from: walletCatalogue,
    on: ['CapacityReturned', 'CapacityFreed'],
  })
  async reclaimCapacity(event: Returned, reaction: Reaction) {
    const reclaim = reclaimFor(event);
    return reclaim && this.capacity.handle(reclaimCapacity, reaction.to(capacityStreamId, reclaim));
  }
}

/**
 * Command to reclaim; none if tokens were freed without a limit. Only a lane's first return is its
 * report: returns are not reclaimed in order, and a later one would hide that the tokens issued
 * without a limit are not counted yet.
 */
export function reclaimFor(event: Pick<Returned, 'type' | 'data' | 'lane'>): ReclaimCapacity | undefined {
  const { lane, data } = event;
  if ('returned' in data) return data.returned ? { lane, tokens: data.tokens, reported: false } : undefined;
  return { lane, tokens: data.tokens, reported: data.first };
}
