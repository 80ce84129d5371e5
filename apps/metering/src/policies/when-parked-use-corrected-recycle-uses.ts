import { Controller } from '@nestjs/common';
import type { EventOf, ParkedUseCorrected } from '@tokengrid/contracts';
import { meteringCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { waitsForCorrection } from '../decisions/rules/rated-or-parked.ts';
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
    const waiting = { partyId, use, sequence, place: 0, ...(!waitsForCorrection(waitsFor) && { waitsFor }) };
    return this.recycling.lookAgain([waiting], reaction);
  }
}
