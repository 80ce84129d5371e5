import { Controller } from '@nestjs/common';
import type { EventOf, UsageParked } from '@tokengrid/contracts';
import { meteringCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Recycling, type Waiting } from '../flows/recycling.ts';

type Parked = EventOf<typeof UsageParked>;

@Controller()
export class WhenUsageParkedRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /**
   * Checks parked uses once more, because the things that they wait for may have arrived between
   * the look-up and the parking.
   */
  @Policy({ name: 'when-usage-parked-recycle-uses', from: meteringCatalogue, on: ['UsageParked'] })
  lookAgain(event: Recorded<Parked>, reaction: Reaction) {
    return this.recycling.lookAgain(waitingOf(event), reaction);
  }
}

/** Parked uses of the event. */
function waitingOf({ sequence, data: { partyId, uses } }: Recorded<Parked>): Waiting[] {
  return uses.map(({ waitsFor, ...use }, place) => ({ partyId, use, waitsFor, sequence, place }));
}
