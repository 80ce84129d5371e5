import { Injectable } from '@nestjs/common';
import type { WalletEvent } from '@tokengrid/contracts';
import { laneOf } from '@tokengrid/kernel';
import { laneStreamsOf, newIdIn } from '@tokengrid/service';
import { type WalletLane, walletLane } from '../decisions/state/wallet-lane.ts';

/** The lanes' own streams. */
@Injectable()
export class Lanes extends laneStreamsOf<WalletLane, WalletEvent, WalletLane>(walletLane) {
  /** Lane of a stream, and of ids made by {@link newIdBeside}. */
  of(id: string): number {
    return laneOf(id, this.all.length);
  }

  /** New id that hashes to the lane of a stream, so the id alone tells the lane. */
  newIdBeside(streamId: string, prefix: string): string {
    return newIdIn(prefix, this.of(streamId), this.all.length);
  }
}
