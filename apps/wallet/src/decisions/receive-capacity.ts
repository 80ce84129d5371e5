import type { WalletEvent } from '@tokengrid/contracts';
import { CapacityReceived } from '@tokengrid/contracts';
import type { WalletLane } from './wallet-lane.ts';

/** Adds a granted slice to what the lane may issue. */
export function receiveCapacity(_lane: WalletLane, { tokens }: { readonly tokens: bigint }): readonly WalletEvent[] {
  return [CapacityReceived({ tokens })];
}
