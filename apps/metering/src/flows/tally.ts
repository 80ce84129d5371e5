import { detailOf, type Rejected } from '../usage-events/use-faults.ts';

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

/** A rejection in words. */
export const worded = (rejected: Rejected): Rejection => ({ index: rejected.index, detail: detailOf(rejected) });

/** Counts of a report's uses that were handed to their payers' streams. */
export interface Counted {
  /** Uses that this report brought in. */
  accepted: number;
  /** Uses that had been reported before. */
  duplicates: number;
  /** Uses whose own command failed. */
  readonly failed: Rejection[];
}

/** Result of a report: what became of its uses, and those that were rejected before. */
export function tallyOf({ accepted, duplicates, failed }: Counted, rejected: readonly Rejected[]): Tally {
  const notTaken = [...rejected.map(worded), ...failed].sort((a, b) => a.index - b.index);
  return { accepted, duplicates, rejected: notTaken };
}
