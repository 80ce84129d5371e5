import { Controller } from '@nestjs/common';
import type { EventOf, SliceWanted } from '@tokengrid/contracts';
import { gatewayCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { Slices } from '../flows/slices.ts';

@Controller()
export class WhenSliceWantedOfferSlice {
  constructor(private readonly slices: Slices) {}

  /** States the terms of a slice that a gateway asks for. */
  @Policy({ name: 'when-slice-wanted-offer-slice', from: gatewayCatalogue, on: ['SliceWanted'] })
  offer(event: Recorded<EventOf<typeof SliceWanted>>, reaction: Reaction) {
    return this.slices.offer(event, reaction);
  }
}
