import { dayAfter, dayBefore } from '@tokengrid/kernel';

/** A day of the operator, `YYYY-MM-DD`. Such days sort as text. */
export type Day = string;

/** Days from `first` to `last`, both included. */
export interface DayRange {
  readonly first: Day;
  readonly last: Day;
}

/** The first day from `day` on outside all ranges. */
export function firstDayOutside(ranges: readonly DayRange[], day: Day): Day {
  const range = ranges.find(({ first, last }) => first <= day && day <= last);
  return range ? dayAfter(range.last) : day;
}

/**
 * The ranges with one more day, in order, neighbours joined: a set that grows by one day a day
 * stays as small as the number of its gaps.
 */
export function withDay(ranges: readonly DayRange[], day: Day): DayRange[] {
  const before = ranges.filter(({ last }) => last < dayBefore(day));
  const after = ranges.filter(({ first }) => first > dayAfter(day));
  const touching = ranges.slice(before.length, ranges.length - after.length);
  const first = [day, ...touching.map((range) => range.first)].reduce((a, b) => (a < b ? a : b));
  const last = [day, ...touching.map((range) => range.last)].reduce((a, b) => (a > b ? a : b));
  return [...before, { first, last }, ...after];
}
