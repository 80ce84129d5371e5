import type { WalletEvent } from '@tokengrid/contracts';
import { CapacityFreed, CapacityReserved, CapacityUsed } from '@tokengrid/contracts';
import type { OnSystemStream } from '@tokengrid/kernel';
import { onSystemStream } from '@tokengrid/kernel';
import { least } from '../state/lots.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/**
 * The lane's slice does not cover what a command would issue. Nothing is decided: the command comes
 * again once the lane was granted more, or knowing that there is no more to be had.
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
 * @param left what the operator's capacity has left beside the lane's slice, known only once the
 * lane asked for more in vain
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

const basisPoints = 10_000n;

/**
 * What a lane may reserve, if that is less than `tokens`; `undefined` if it may reserve them: all
 * that wait to be paid stay within a share of what is free, so that nobody keeps others from buying
 * by not paying.
 * @param bps the share in basis points, of what the lane may issue and of what it has reserved
 * @param left what the operator's capacity has left beside the lane's slice, known only once the
 * lane asked for more in vain
 * @throws SliceTooSmall while it is not known whether the lane can get more
 */
export function reservableShortOf(
  tokens: bigint,
  bps: number,
  { issuance, reserved }: WalletLane,
  lane: number,
  left: bigint | undefined,
): bigint | undefined {
  if (issuance.limit === 'none') return undefined;
  const share = BigInt(bps);
  const { room } = issuance;
  const free = room + reserved;
  const wanted = (reserved + tokens) * basisPoints;
  if (wanted <= share * free && room >= tokens) return undefined;
  if (share === 0n) return 0n;
  const needed = (wanted + share - 1n) / share;
  if (left === undefined) throw new SliceTooSmall(lane, needed - free);
  const available = least((share * (free + left)) / basisPoints - reserved, room + left);
  return available < 0n ? 0n : available;
}

/** States in the lane's stream that it keeps what a purchase would issue until it is paid. */
export const reserveCapacity = (walletId: string, tokens: bigint): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityReserved({ walletId, tokens }));

/** States in the lane's stream that it issued tokens that it had reserved. */
export const useReserved = (walletId: string, tokens: bigint): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityUsed({ walletId, tokens, reserved: true }));

/** States in the lane's stream that it issues no more what it had reserved. */
export const freeReserved = (walletId: string, tokens: bigint, { issuance }: WalletLane): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityFreed({ walletId, tokens, returned: issuance.limit === 'slice', reserved: true }));

/** Why tokens cannot be issued. */
export interface CapacityLacking {
  readonly code: 'WALLET.ISSUANCE_EXHAUSTED';
  readonly available: bigint;
  readonly required: bigint;
}
