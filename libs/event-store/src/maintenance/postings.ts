import type { Posting } from '@tokengrid/contracts';

/** First asset whose postings do not sum to zero; `undefined` if the books balance. */
export function unbalancedAsset(postings: readonly Posting[]): string | undefined {
  const sums = new Map<string, bigint>();
  for (const { asset, amount } of postings) sums.set(asset, (sums.get(asset) ?? 0n) + amount);
  for (const [asset, sum] of sums) if (sum !== 0n) return asset;
  return undefined;
}
