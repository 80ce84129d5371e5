import { CapacityReturned } from '@tokengrid/contracts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { roomOf } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Returns a lane's granted and unissued capacity, for a new declaration or because another lane
 * needs it. A lane without a limit is limited from here on and reports the tokens it has issued as
 * negative capacity.
 */
export function returnCapacity(lane: WalletLane, declaration: { readonly version: number }): Decided {
  const { issuance } = lane;
  const first = issuance.limit === 'none';
  const version = first ? declaration.version : Math.max(issuance.version, declaration.version);
  return [CapacityReturned({ tokens: roomOf(lane), version, first })];
}
