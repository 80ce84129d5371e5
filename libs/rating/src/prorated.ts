import { divideHalfUp } from '@tokengrid/contracts';

/**
 * The part of a period's minimum, ≥ 0, that a part of its time comes to, rounded half up.
 * @param partMs and `wholeMs`: whole milliseconds, the part not longer than the whole
 */
export function prorated(amount: bigint, partMs: number, wholeMs: number): bigint {
  if (partMs < 0 || partMs > wholeMs) throw new RangeError(`a part of ${partMs} ms is not within ${wholeMs} ms`);
  return divideHalfUp(amount * BigInt(partMs), BigInt(wholeMs));
}
