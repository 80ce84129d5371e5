import type { WalletEvent } from '@tokengrid/contracts';
import { CapacityReturned } from '@tokengrid/contracts';
import type { WalletLane } from './wallet-lane.ts';
import { roomOf } from './wallet-lane.ts';

/**
 * Gives back what the lane was granted and has not issued. A lane that had no limit is limited from here on, and says so what it
 * has issued: its room is negative by that.
 */
export function returnCapacity({ issuance }: WalletLane): readonly WalletEvent[] {
  return [CapacityReturned({ tokens: roomOf(issuance) })];
}
