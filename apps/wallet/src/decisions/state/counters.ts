/**
 * Start of a member's counters. For a member forgotten and set again, transfers sent before the
 * start are not counted, so their return does not reduce the counters.
 */
export interface CountedSince {
  /** Last day with spending before the member was set; `YYYY-MM-DD`, or empty. */
  readonly day: string;
  /** Counted transfers of that day; null: all. */
  readonly transferIds: readonly string[] | null;
}

interface Sent {
  readonly day: string;
  readonly transferId?: string | undefined;
}

/**
 * The start of the counters for a new member.
 * @param lastDay last day with spending from the wallet
 * @param forgottenOn value of `lastDay` when a member was last forgotten
 */
export const countedFrom = (lastDay: string, forgottenOn: string | null): CountedSince => ({
  day: lastDay,
  transferIds: lastDay === forgottenOn ? [] : null,
});

/**
 * The counters' start after further spending. Only transfers can return, and only those of the
 * first day need their ids.
 */
export function withCounted(since: CountedSince, { day, transferId }: Sent): CountedSince {
  const { day: first, transferIds } = since;
  if (transferIds === null || transferId === undefined || day !== first) return since;
  return { day: first, transferIds: [...transferIds, transferId] };
}

/** True for a transfer that the counters include. */
export function isCounted(
  { day: first, transferIds }: CountedSince,
  { day, transferId }: { readonly day: string; readonly transferId: string },
): boolean {
  if (day !== first) return day > first;
  return transferIds === null || transferIds.includes(transferId);
}
