import type { MeteringEvent } from '@tokengrid/contracts';
import type { Outcome } from '@tokengrid/event-store';

/** An event of a report that was not taken, and why. */
export interface Rejection {
  /** Its place in the report, from 0. */
  readonly index: number;
  readonly detail: string;
}

/** What became of a report. */
export interface Tally {
  /** Uses that this report brought. */
  readonly accepted: number;
  /** Uses that were reported before, in this report or an earlier one. */
  readonly duplicates: number;
  readonly rejected: readonly Rejection[];
}

/**
 * Counts what a report brought. A use is the report's own if nobody had reported it; when a keyed report is sent again, if this
 * report is what caused it the first time, so that the answer is the same.
 * @param rated outcomes of all uses of the report that were not rejected, and the uses that failed by themselves
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
