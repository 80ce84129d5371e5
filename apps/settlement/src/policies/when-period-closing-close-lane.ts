import { Controller } from '@nestjs/common';
import type { EventOf, PeriodClosing } from '@tokengrid/contracts';
import { settlementCatalogue } from '@tokengrid/contracts';
import { Policy, type Reaction } from '@tokengrid/event-bus';
import type { Recorded } from '@tokengrid/kernel';
import { closeLane } from '../decisions/periods/close-lane.ts';
import { SettlementLanes } from '../streams/settlement-lanes.ts';

type Closing = Recorded<EventOf<typeof PeriodClosing>>;

@Controller()
export class WhenPeriodClosingCloseLane {
  constructor(private readonly lanes: SettlementLanes) {}

  /** Closes the period in every lane. */
  @Policy({ name: 'when-period-closing-close-lane', from: settlementCatalogue, on: ['PeriodClosing'] })
  closeLanes({ data: { period, timeZone } }: Closing, reaction: Reaction) {
    return Promise.all(
      this.lanes.all.map((lane) =>
        this.lanes.handle(closeLane, reaction.to(this.lanes.streamOf(lane), { period, timeZone }, String(lane))),
      ),
    );
  }
}
