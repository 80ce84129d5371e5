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

  /** Looks once more, because what a use waits for may have arrived between the look at the rate card and the parking. */
  @Policy({ name: 'when-usage-parked-recycle-usage', from: meteringCatalogue, on: ['UsageParked'] })
  lookAgain(event: Recorded<Parked>, reaction: Reaction) {
    return this.recycling.lookAgain(waitingOf(event), reaction);
  }
}

/** What a parking says of the use that waits. */
export function waitingOf({ id, data: { waitsFor, ...use } }: Recorded<Parked>): Waiting {
  return { use, waitsFor, parkedBy: id };
}
