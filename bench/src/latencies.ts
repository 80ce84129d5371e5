/** Quantiles of measured milliseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

export function quantilesOf(milliseconds: number[]): Quantiles {
  const sorted = milliseconds.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Result of a load of callers. */
export interface Reached extends Quantiles {
  readonly perSecond: number;
  readonly count: number;
}

/**
 * `callers` loops that repeat `work` for a time. The first sixth warms up and does not count. Work
 * that outlasts the time counts for latency, since the slowest would be missing otherwise, not for
 * the rate.
 */
export async function load(
  callers: number,
  seconds: number,
  work: (caller: number) => Promise<unknown>,
): Promise<Reached> {
  const milliseconds: number[] = [];
  let count = 0;
  const start = performance.now();
  const countFrom = start + seconds * 200;
  const end = start + seconds * 1200;
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (;;) {
        const before = performance.now();
        if (before >= end) return;
        await work(caller);
        const after = performance.now();
        if (after < countFrom) continue;
        milliseconds.push(after - before);
        if (after <= end) count += 1;
      }
    }),
  );
  return { ...quantilesOf(milliseconds), count, perSecond: count / seconds };
}
