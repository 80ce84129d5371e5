import { Injectable } from '@nestjs/common';
import type { SettlementEvent } from '@tokengrid/contracts';
import { laneStreamsOf } from '@tokengrid/service';
import { type SettlementLane, settlementLane } from '../decisions/state/settlement-lane.ts';

/** The lanes' own streams. */
@Injectable()
export class SettlementLanes extends laneStreamsOf<SettlementLane, SettlementEvent>(settlementLane) {
  /** Stream of the lane that follows a lane of the wallet's. */
  following(walletLane: number): string {
    return this.streamOf(walletLane % this.all.length);
  }
}
