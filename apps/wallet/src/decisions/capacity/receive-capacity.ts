import { CapacityReceived, CapacityReturned } from '@tokengrid/contracts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { roomOf } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReceiveCapacity {
  /** µAIT. */
  readonly tokens: bigint;
  /** The declaration that they were granted under. */
  readonly version: number;
}

/**
 * Adds a granted slice to what the lane may issue. One that was granted before the last declaration
 * the lane has heard of, and arrives after it, goes straight back: the limit may have been lowered
 * since.
 */
export function receiveCapacity(lane: WalletLane, { tokens, version }: ReceiveCapacity): Decided {
  const received = CapacityReceived({ tokens, version });
  const { issuance } = lane;
  if (issuance.limit === 'none' || version >= issuance.version) return [received];
  return [received, CapacityReturned({ tokens: roomOf(lane) + tokens, version: issuance.version, first: false })];
}
