import { Controller } from '@nestjs/common';
import type { EventOf, ParkedUseCorrected } from '@tokengrid/contracts';
import { meteringCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Recycling } from '../flows/recycling.ts';

type Corrected = Recorded<EventOf<typeof ParkedUseCorrected>>;

@Controller()
export class WhenParkedUseCorrectedRecycleUses {
  constructor(private readonly recycling: Recycling) {}

  /** Rates a parked use whose correction lets it be rated, or that waits for nothing by now. */
  @Policy({ name: 'when-parked-use-corrected-recycle-uses', from: meteringCatalogue, on: ['ParkedUseCorrected'] })
  lookAgain({ sequence, data: { partyId, use: parked, voided } }: Corrected, reaction: Reaction) {
    if (voided) return Promise.resolve(undefined);
    const { waitsFor, ...use } = parked;
    return this.recycling.lookAgain([{ partyId, use, waitsFor, sequence, place: 0 }], reaction);
  }
}
