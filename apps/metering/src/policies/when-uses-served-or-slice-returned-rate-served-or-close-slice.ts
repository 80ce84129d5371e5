import { Controller } from '@nestjs/common';
import type { EventOf, SliceReturned, UsesServed } from '@tokengrid/contracts';
import { gatewayCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Slices } from '../flows/slices.ts';

type Spent = Recorded<EventOf<typeof UsesServed | typeof SliceReturned>>;

@Controller()
export class WhenUsesServedOrSliceReturnedRateServedOrCloseSlice {
  constructor(private readonly slices: Slices) {}

  /** Rates what was served out of slices, in the gateway's order, and closes what it gave back. */
  @Policy({
    name: 'when-uses-served-or-slice-returned-rate-served-or-close-slice',
    from: gatewayCatalogue,
    on: ['UsesServed', 'SliceReturned'],
    inOrder: true,
  })
  follow(events: readonly Spent[], reaction: Reaction) {
    return this.slices.follow(events, reaction);
  }
}
