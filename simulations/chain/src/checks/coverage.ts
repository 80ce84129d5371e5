/** Sums of two counts. */
export function added(
  one: ReadonlyMap<string, number>,
  other: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const sums = new Map(one);
  for (const [what, times] of other) sums.set(what, (sums.get(what) ?? 0) + times);
  return sums;
}
