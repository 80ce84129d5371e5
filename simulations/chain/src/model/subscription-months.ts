const dayMs = 86_400_000;

/** A span of time: from its beginning on, before its end; epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/**
 * The month of a subscription that a time is in. Months are counted from the subscription's
 * beginning, in UTC: each begins on its day and time of day, or on the month's last day where the
 * month has no such day. What the 31st of January began, 28 February and 31 March go on with.
 *
 * The designs say nothing of what was used before the subscription began, and is rated by it all
 * the same (ADR 5): here it counts as what was used at its very beginning.
 */
export function monthAt(beginning: number, time: number): Span {
  let months = 0;
  while (monthsAfter(beginning, months + 1) <= time) months += 1;
  return { from: monthsAfter(beginning, months), until: monthsAfter(beginning, months + 1) };
}

function monthsAfter(beginning: number, months: number): number {
  const date = new Date(beginning);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const day = Math.min(date.getUTCDate(), daysOf(year, month));
  return Date.UTC(year, month, day) + (beginning % dayMs);
}

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

/** End of a subscription's free days: whole days of 24 hours from its beginning. */
export const trialEnd = (beginning: number, trialDays = 0): number => beginning + trialDays * dayMs;

/** Whether a subscription's free days are not over. */
export const isInTrial = (beginning: number, trialDays: number | undefined, time: number): boolean =>
  trialDays !== undefined && time < trialEnd(beginning, trialDays);
