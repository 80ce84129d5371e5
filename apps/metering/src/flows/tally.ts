import type { MeteringEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';

/** A rejected event of a report, with the reason. */
export interface Rejection {
  /** Index in the report, from 0. */
  readonly index: number;
  readonly detail: string;
}

/** Result of a report. */
export interface Tally {
  /** Number of new uses. */
  readonly accepted: number;
  /** Number of uses reported before, in this report or an earlier one. */
  readonly duplicates: number;
  readonly rejected: readonly Rejection[];
}

/**
 * Counts the result of a report. A use is new if nobody had reported it; when a keyed report is
 * sent again, also if this report caused it the first time, so that the answer is the same.
 * @param rated outcomes of all uses of the report that were not rejected, and the uses that failed
 * by themselves
 * @param reportEventId id of a keyed report's `ReportReceived`
 */
export function tallyOf(
  { outcomes, failed }: { readonly outcomes: readonly Outcome<MeteringEvent>[]; readonly failed: readonly Rejection[] },
  rejected: readonly Rejection[],
  reportEventId?: string,
): Tally {
  const seen = new Set<string>();
  let accepted = 0;
  for (const { commandId, repeated, events } of outcomes) {
    const causedByThis = reportEventId !== undefined && events[0]?.causationId === reportEventId;
    if (!seen.has(commandId) && (!repeated || causedByThis)) accepted++;
    seen.add(commandId);
  }
  const notTaken = [...rejected, ...failed].sort((a, b) => a.index - b.index);
  return { accepted, duplicates: outcomes.length - accepted, rejected: notTaken };
}
