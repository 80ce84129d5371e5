/**
 * Calendar of a place. A day begins when clocks there first show it, and lasts until the next one
 * begins: 23, 24 or 25 hours, or another duration. Days and months never go back, though clocks do.
 */
export interface Calendar {
  /** Its IANA name. */
  readonly timeZone: string;
  /** The day of a time: `2026-01-31`. Days sort as text. */
  dayOf(epochMs: number): string;
  /**
   * Start of a day, as epoch milliseconds. A day that a place left out begins with the next one.
   */
  startOfDay(day: string): number;
  /** End of a time's calendar month: the first millisecond of the next, as epoch milliseconds. */
  endOfMonth(epochMs: number): number;
}

/** The month of a day: `2026-01`. */
export const monthOf = (day: string): string => day.slice(0, 7);

/** The day after, by its date alone. */
export const dayAfter = (day: string): string => utcCalendar.dayOf(Date.parse(day) + dayMs);

/** The day before, by its date alone. */
export const dayBefore = (day: string): string => utcCalendar.dayOf(Date.parse(day) - dayMs);

/** The first day of the month after a day's, by its date alone. */
export function firstOfNextMonth(day: string): string {
  const first = new Date(Date.parse(`${monthOf(day)}-01`));
  first.setUTCMonth(first.getUTCMonth() + 1);
  return utcCalendar.dayOf(first.getTime());
}

const dayMs = 86_400_000;

/** Calendar of UTC. */
export const utcCalendar: Calendar = {
  timeZone: 'UTC',
  dayOf: (epochMs) => new Date(epochMs).toISOString().slice(0, -'T00:00:00.000Z'.length),
  startOfDay: (day) => Date.parse(day),
  endOfMonth: (epochMs) => Date.parse(firstOfNextMonth(utcCalendar.dayOf(epochMs))),
};
