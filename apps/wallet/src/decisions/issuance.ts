import type { WalletEvent } from '@tokengrid/contracts';
import { CapacityFreed, CapacityUsed } from '@tokengrid/contracts';
import type { OnSystemStream } from '@tokengrid/kernel';
import { onSystemStream } from '@tokengrid/kernel';
import type { WalletLane } from './wallet-lane.ts';

/**
 * The lane's slice does not cover what a command would issue. Nothing is decided: the command comes again once the lane
 * was granted more, or knowing that there is no more to be had.
 */
export class SliceTooSmall extends Error {
  override readonly name = 'SliceTooSmall';
  constructor(
    readonly lane: number,
    /** µAIT that the lane needs on top of what it has. */
    readonly lacking: bigint,
  ) {
    super(`lane ${lane} lacks ${lacking} µAIT of capacity`);
  }
}

/**
 * What a lane may issue, if that is less than `tokens`; `undefined` if it covers them.
 * @param left what the operator's capacity has left beside the lane's slice, known only once the lane asked for more in vain
 * @throws SliceTooSmall while it is not known whether the lane can get more
 */
export function capacityShortOf(
  tokens: bigint,
  { issuance }: WalletLane,
  lane: number,
  left: bigint | undefined,
): bigint | undefined {
  if (issuance.limit === 'none' || issuance.room >= tokens) return undefined;
  if (left === undefined) throw new SliceTooSmall(lane, tokens - issuance.room);
  const available = issuance.room + left;
  return available < 0n ? 0n : available;
}

/** States in the lane's stream that it issued tokens. */
export const useCapacity = (walletId: string, tokens: bigint): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityUsed({ walletId, tokens }));

/** States in the lane's stream that tokens are gone. */
export const freeCapacity = (walletId: string, tokens: bigint, { issuance }: WalletLane): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityFreed({ walletId, tokens, returned: issuance.limit === 'slice' }));
