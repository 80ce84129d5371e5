/** Time that one row of sums covers; rows begin at multiples of it, in UTC. */
export interface Span {
  readonly minutes: number;
  readonly ms: number;
}

const spanOf = (minutes: number): Span => ({ minutes, ms: minutes * 60_000 });

/**
 * Spans of the sums, the longest first. Since 2000 the offsets of all time zones have been whole
 * quarters of an hour, so that spans make up the days and hours of any zone. A day begins at a
 * multiple of eight hours in UTC and in UTC+8, and in no zone more than four hours from one.
 */
export const spans: readonly Span[] = [spanOf(480), spanOf(60), spanOf(15)];

const longest = spans[0]!;
const shortest = spans.at(-1)!;

/** Start of the longest span that a time is in. */
export const longestStartOf = (time: number): number => time - (time % longest.ms);

/** A time from its start to before its end; epoch milliseconds. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** A row of sums that belongs to a period: added to it, or taken off. */
export interface Part {
  /** Start of the row. */
  readonly start: number;
  /** Number of the period, from 1. */
  readonly nth: number;
  readonly sign: 1 | -1;
}

/** Parts that together cover periods exactly. */
export interface Cover {
  /** Parts by span, in the order of {@link spans}. */
  readonly parts: readonly (readonly Part[])[];
  /** Rests at the edges, each within one shortest span. */
  readonly edges: readonly Period[];
}

/**
 * Covers periods by few rows: the longest spans between the multiples nearest to a period's ends;
 * the time between these multiples and the ends is added or taken off. A day of any zone takes
 * three long spans, and the rows at the border of two days are read once.
 */
export function coverOf(periods: readonly Period[]): Cover {
  const parts = spans.map((): Part[] => []);
  const edges: Period[] = [];
  for (const [index, { start, end }] of periods.entries()) {
    const nth = index + 1;
    const within = { start: Math.min(end, ceiled(start, shortest.ms)), end: floored(end, shortest.ms) };
    if (start < within.start) edges.push({ start, end: within.start });
    if (within.start <= within.end && within.end < end) edges.push({ start: within.end, end });
    if (within.end - within.start < longest.ms) addWhole(parts, within, nth, 1);
    else addLong(parts, within, nth);
  }
  return { parts, edges };
}

const floored = (time: number, ms: number): number => time - (time % ms);
const ceiled = (time: number, ms: number): number => floored(time + ms - 1, ms);

function addLong(parts: readonly Part[][], { start, end }: Period, nth: number): void {
  const [first, last] = [nearest(start), nearest(end)];
  addWhole(parts, { start: first, end: last }, nth, 1);
  addBetween(parts, start, first, nth);
  addBetween(parts, last, end, nth);
}

const nearest = (time: number): number => floored(time + longest.ms / 2, longest.ms);

/** The time between two times: added where the first is earlier, else taken off. */
function addBetween(parts: readonly Part[][], from: number, to: number, nth: number): void {
  if (from <= to) addWhole(parts, { start: from, end: to }, nth, 1);
  else addWhole(parts, { start: to, end: from }, nth, -1);
}

/** Adds or takes off a period that begins and ends at shortest spans, by the longest that fit. */
function addWhole(parts: readonly Part[][], { start, end }: Period, nth: number, sign: Part['sign']): void {
  for (let at = start; at < end;) {
    const found = spans.findIndex(({ ms }) => at % ms === 0 && at + ms <= end);
    parts[found]!.push({ start: at, nth, sign });
    at += spans[found]!.ms;
  }
}
