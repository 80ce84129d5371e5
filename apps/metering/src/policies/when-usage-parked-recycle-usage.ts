import { Controller } from '@nestjs/common';
import type { EventOf, UsageParked } from '@tokengrid/contracts';
import { meteringCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Recycling, type Waiting } from '../flows/recycling.ts';

type Parked = EventOf<typeof UsageParked>;

@Controller()
export class WhenUsageParkedRecycleUsage {
  constructor(private readonly recycling: Recycling) {}

  /**
   * Checks a parked use once more, because the thing that it waits for may have arrived between the
   * look-up and the parking.
   */
  @Policy({ name: 'when-usage-parked-recycle-usage', from: meteringCatalogue, on: ['UsageParked'] })
  lookAgain(event: Recorded<Parked>, reaction: Reaction) {
    return this.recycling.lookAgain(waitingOf(event), reaction);
  }
}

/** Parked use of the event. */
function waitingOf({ id, data: { waitsFor, ...use } }: Recorded<Parked>): Waiting {
  return { use, waitsFor, parkedBy: id };
}
