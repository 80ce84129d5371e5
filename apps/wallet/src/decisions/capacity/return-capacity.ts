import { CapacityReturned } from '@tokengrid/contracts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { roomOf } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Gives back what the lane was granted and has not issued: for a new declaration, or because
 * another lane needs it. A lane that had no limit is limited from here on, and says what it has
 * issued: its room is negative by that.
 */
export function returnCapacity(lane: WalletLane, declaration: { readonly version: number }): Decided {
  const { issuance } = lane;
  const first = issuance.limit === 'none';
  const version = first ? declaration.version : Math.max(issuance.version, declaration.version);
  return [CapacityReturned({ tokens: roomOf(lane), version, first })];
}
