import { instantOf } from '@tokengrid/contracts';

/** The day of a time, in UTC: `2026-01-31`. What limits count by days and months goes by it. */
export const dayOf = (epochMs: number): string => instantOf(epochMs).slice(0, 10);

/** The month of a day: `2026-01`. */
export const monthOf = (day: string): string => day.slice(0, 7);

/** When the calendar month (UTC) that a time is in ends: the first millisecond of the next, as epoch milliseconds. */
export function endOfMonth(epochMs: number): number {
  const time = new Date(epochMs);
  return Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 1);
}
