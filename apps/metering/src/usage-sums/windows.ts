import { type Calendar, dayAfter } from '@tokengrid/kernel';
import type { Period } from './spans.ts';

/** Lengths of time by which usage is added up. */
export const windowKinds = ['minute', 'hour', 'day', 'month'] as const;
export type WindowKind = (typeof windowKinds)[number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Start of the window that a time is in. Days and months are those of the calendar, and hours count
 * from the start of its day: they are the hours that clocks show, except after a change of clocks
 * by a part of an hour.
 */
export function windowStartOf(kind: WindowKind, calendar: Calendar, time: number): number {
  if (kind === 'minute') return time - (time % minuteMs);
  const day = calendar.dayOf(time);
  if (kind === 'month') return calendar.startOfDay(`${day.slice(0, 7)}-01`);
  const start = calendar.startOfDay(day);
  return kind === 'day' ? start : time - ((time - start) % hourMs);
}

/** End of a window that begins at a time. */
export function windowEndOf(kind: WindowKind, calendar: Calendar, start: number): number {
  if (kind === 'minute') return start + minuteMs;
  if (kind === 'month') return calendar.endOfMonth(start);
  const endOfDay = calendar.startOfDay(dayAfter(calendar.dayOf(start)));
  return kind === 'day' ? endOfDay : Math.min(start + hourMs, endOfDay);
}

/**
 * At most the given number of adjacent windows: from the one that a time is in, cut off at that
 * time, to the one with the end, cut off there.
 */
export function windowsFrom(
  kind: WindowKind,
  calendar: Calendar,
  { start: from, end: to }: Period,
  most: number,
): readonly Period[] {
  const windows: Period[] = [];
  for (let start = from; start < to && windows.length < most;) {
    const end = Math.min(to, windowEndOf(kind, calendar, windowStartOf(kind, calendar, start)));
    windows.push({ start, end });
    start = end;
  }
  return windows;
}
