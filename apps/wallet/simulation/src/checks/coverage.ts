import type { WalletEvent } from '@tokengrid/contracts';
import type { Recorded } from '@tokengrid/kernel';

/** Marks of an event's coverage: its type, and for a refusal also its code and limit. */
export function reachedBy({ type, data }: Recorded<WalletEvent>): readonly string[] {
  const { code, limit } = data as { readonly code?: string; readonly limit?: unknown };
  if (code === undefined) return [type];
  return [type, typeof limit === 'string' ? `${type} ${code} ${limit}` : `${type} ${code}`];
}

/** Sums of two counts. */
export function added(
  one: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const sums = new Map(one);
  for (const [what, times] of other) sums.set(what, (sums.get(what) ?? 0) + times);
  return sums;
}
