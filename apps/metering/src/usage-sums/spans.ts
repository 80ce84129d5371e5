/** Time that one row of sums covers; rows begin at multiples of it, in UTC. */
export interface Span {
  readonly minutes: number;
  readonly ms: number;
}

const spanOf = (minutes: number): Span => ({ minutes, ms: minutes * 60_000 });

/**
 * Spans of the sums, the longest first. Offsets of all time zones have been whole quarters of an
 * hour since 2000, so that days and hours of any zone are made of them.
 */
export const spans: readonly Span[] = [spanOf(360), spanOf(60), spanOf(15)];

const longest = spans[0]!;
const shortest = spans.at(-1)!;

/** Start of the longest span that a time is in. */
export const longestStartOf = (time: number): number => time - (time % longest.ms);

/** A time from its start to before its end; epoch milliseconds. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** Parts that cover periods exactly, each time once. */
export interface Cover {
  /** Starts of rows by span, in the order of {@link spans}. */
  readonly starts: readonly (readonly number[])[];
  /** What is left at the edges, each within one shortest span. */
  readonly edges: readonly Period[];
}

/** Covers adjacent periods by the longest spans that lie within one of them each. */
export function coverOf(periods: readonly Period[]): Cover {
  const starts = spans.map((): number[] => []);
  const edges: Period[] = [];
  for (const { start, end } of periods) {
    for (let at = start; at < end;) {
      const found = spans.findIndex(({ ms }) => at % ms === 0 && at + ms <= end);
      if (found >= 0) starts[found]!.push(at);
      const next = found >= 0 ? at + spans[found]!.ms : Math.min(end, at - (at % shortest.ms) + shortest.ms);
      if (found < 0) edges.push({ start: at, end: next });
      at = next;
    }
  }
  return { starts, edges };
}
