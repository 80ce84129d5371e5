import type { AlertAnomaly, AlertWindow } from '@tokengrid/contracts';
import { type Calendar, dayAfter, dayBefore } from '@tokengrid/kernel';
import type { Period } from '../usage-sums/spans.ts';
import { windowEndOf, windowStartOf } from '../usage-sums/windows.ts';

/** Window of an alert that a time is in. */
export function windowAt(kind: AlertWindow, calendar: Calendar, time: number): Period {
  const start = windowStartOf(kind, calendar, time);
  return { start, end: windowEndOf(kind, calendar, start) };
}

/**
 * Windows before one, with whose sums it is compared, the latest first: next to each other, or the
 * same hours or days by the calendar. A day that lacks the hour has its last one instead.
 */
export function windowsBefore(
  kind: AlertWindow,
  { windows, apart }: Pick<AlertAnomaly, 'windows' | 'apart'>,
  calendar: Calendar,
  { start }: Pick<Period, 'start'>,
): readonly Period[] {
  const before: Period[] = [];
  const day = calendar.dayOf(start);
  const intoDay = start - calendar.startOfDay(day);
  for (let at = start, on = day; before.length < windows;) {
    if (apart === kind) at = windowStartOf(kind, calendar, at - 1);
    else {
      for (let days = apart === 'week' ? 7 : 1; days > 0; days--) on = dayBefore(on);
      at = Math.min(calendar.startOfDay(on) + intoDay, calendar.startOfDay(dayAfter(on)) - 1);
    }
    before.push(windowAt(kind, calendar, at));
  }
  return before;
}
