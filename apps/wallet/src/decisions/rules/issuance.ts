import type { WalletEvent } from '@tokengrid/contracts';
import { CapacityFreed, CapacityReserved, CapacityUsed } from '@tokengrid/contracts';
import type { OnSystemStream } from '@tokengrid/kernel';
import { onSystemStream } from '@tokengrid/kernel';
import { least } from '../state/lots.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { FactNeeded } from '../state/facts.ts';

/**
 * Capacity that a lane may issue, in µAIT, if less than `tokens`; undefined if it covers them.
 * @param left capacity left beside the lane's slice, in µAIT; known once the lane's request for
 * more was refused
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export function capacityShortOf(
  tokens: bigint,
  { issuance }: WalletLane,
  lane: number,
  left: bigint | undefined,
): bigint | undefined {
  if (issuance.limit === 'none' || issuance.room >= tokens) return undefined;
  if (left === undefined) throw new FactNeeded('capacity', { lane, lacking: tokens - issuance.room });
  const available = issuance.room + left;
  return available < 0n ? 0n : available;
}

/** The lane's event of issued tokens. */
export const useCapacity = (walletId: string, tokens: bigint): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityUsed({ walletId, tokens }));

/** The lane's event of freed capacity. */
export const freeCapacity = (walletId: string, tokens: bigint, { issuance }: WalletLane): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityFreed({ walletId, tokens, returned: issuance.limit === 'slice' }));

const basisPoints = 10_000n;

/**
 * Capacity that a lane may reserve, in µAIT, if less than `tokens`; undefined if it may reserve
 * them. Unpaid purchases are limited to a share of the free capacity, so that they can't block
 * other buyers.
 * @param bps the share in basis points, of the lane's free and reserved capacity
 * @param left capacity left beside the lane's slice, in µAIT; known once the lane's request for
 * more was refused
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
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
  if (left === undefined) throw new FactNeeded('capacity', { lane, lacking: needed - free });
  const available = least((share * (free + left)) / basisPoints - reserved, room + left);
  return available < 0n ? 0n : available;
}

/** The lane's event of capacity reserved for an unpaid purchase. */
export const reserveCapacity = (walletId: string, tokens: bigint): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityReserved({ walletId, tokens }));

/** The lane's event of tokens issued from reserved capacity. */
export const useReserved = (walletId: string, tokens: bigint): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityUsed({ walletId, tokens, reserved: true }));

/** The lane's event of reserved capacity that is freed. */
export const freeReserved = (walletId: string, tokens: bigint, { issuance }: WalletLane): OnSystemStream<WalletEvent> =>
  onSystemStream(CapacityFreed({ walletId, tokens, returned: issuance.limit === 'slice', reserved: true }));

/** The refusal for lacking capacity. */
export interface CapacityLacking {
  readonly code: 'WALLET.ISSUANCE_EXHAUSTED';
  readonly available: bigint;
  readonly required: bigint;
}
