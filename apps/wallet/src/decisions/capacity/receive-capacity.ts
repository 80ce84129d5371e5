import { CapacityReceived, CapacityReturned } from '@tokengrid/contracts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { roomOf } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReceiveCapacity {
  /** µAIT. */
  readonly tokens: bigint;
  /** Version of the declaration under which the slice was granted. */
  readonly version: number;
}

/**
 * Adds a granted slice to the lane's capacity. A slice of a superseded declaration is returned at
 * once, because the limit may have been lowered.
 */
export function receiveCapacity(lane: WalletLane, { tokens, version }: ReceiveCapacity): Decided {
  const received = CapacityReceived({ tokens, version });
  const { issuance } = lane;
  if (issuance.limit === 'none' || version >= issuance.version) return [received];
  return [received, CapacityReturned({ tokens: roomOf(lane) + tokens, version: issuance.version, first: false })];
}
