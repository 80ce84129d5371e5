/**
 * From when on what a wallet sends counts against a member that it has. One that was forgotten and
 * is set again has counters that know nothing of what was sent before: what comes back of that is
 * not theirs.
 */
export interface CountedSince {
  /**
   * The last day on which anything had been spent from the wallet when the member was set;
   * `YYYY-MM-DD`, or empty.
   */
  readonly day: string;
  /** What counts of that day, where that is not all. */
  readonly transferIds: readonly string[] | null;
}

interface Sent {
  readonly day: string;
  readonly transferId?: string | undefined;
}

/**
 * For a member that is set.
 * @param lastDay the last day on which anything was spent from the wallet
 * @param forgottenOn that day, when a member was last forgotten
 */
export const countedFrom = (lastDay: string, forgottenOn: string | null): CountedSince => ({
  day: lastDay,
  transferIds: lastDay === forgottenOn ? [] : null,
});

/**
 * After more was spent. Only transfers come back, and only those of the first day have to be told
 * apart.
 */
export function withCounted(since: CountedSince, { day, transferId }: Sent): CountedSince {
  const { day: first, transferIds } = since;
  if (transferIds === null || transferId === undefined || day !== first) return since;
  return { day: first, transferIds: [...transferIds, transferId] };
}

/** Whether a transfer was counted. */
export function isCounted(
  { day: first, transferIds }: CountedSince,
  { day, transferId }: { readonly day: string; readonly transferId: string },
): boolean {
  if (day !== first) return day > first;
  return transferIds === null || transferIds.includes(transferId);
}
