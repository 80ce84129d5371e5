/** Times over which a slice's size is reckoned, and how far it may grow at once. */
const spanMs = 5000n;
const leastElapsedMs = 100n;
const mostGrowth = 8n;

/** The larger of two amounts. */
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * µAIT that a payer's slice should have: what is spent in five seconds, smoothed with what was
 * aimed at before. It grows eightfold at most.
 * @param taken µAIT that were spent or set aside within the elapsed milliseconds
 */
export function sizeAfter(before: bigint, taken: bigint, elapsedMs: bigint): bigint {
  const elapsed = larger(elapsedMs, leastElapsedMs);
  const inSpan = least((larger(taken, 0n) * spanMs) / elapsed, before * mostGrowth);
  return larger((before + inSpan) / 2n, 1n);
}
