import { Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import { laneStreamsOf } from '@tokengrid/service';
import { type SettlementLane, settlementLane } from '../decisions/state/settlement-lane.ts';

/** The lanes' own streams. */
@Injectable()
export class SettlementLanes extends laneStreamsOf<SettlementLane, SettlementEvent>(settlementLane) {
  /** Stream of the lane to which a use's id hashes. */
  streamOfUse(usageId: string): string {
    return this.streamOf(laneOf(usageId, this.all.length));
  }
}
