import type { Reached } from '../latencies.ts';

/** Transfers per second by `<case>, <callers>`. */
export type Results = Map<string, number>;

export const tableHead = `${''.padEnd(20)} callers  transfers/s    p50 ms    p99 ms   last one arrived after`;

/** @param arrivedMs how long after the last answer nothing was in transit any more */
export function row(name: string, callers: number, { perSecond, p50, p99 }: Reached, arrivedMs?: number): string {
  const arrived = arrivedMs === undefined ? '' : `${arrivedMs.toFixed(0)} ms`;
  const figures = [String(callers).padStart(7), perSecond.toFixed(0).padStart(12), p50.toFixed(2), p99.toFixed(2)];
  return `${name.padEnd(20)} ${figures[0]} ${figures[1]} ${figures[2]!.padStart(9)} ${figures[3]!.padStart(9)} ${arrived.padStart(24)}`;
}

interface Target {
  readonly of: string;
  readonly to: string;
  readonly atLeast: number;
}

/** What the wallet is to reach, against the floor and against itself. */
const targets: readonly Target[] = [
  { of: 'singles, spread, 64', to: 'floor, spread, 64', atLeast: 0.3 },
  { of: 'batches, spread, 8', to: 'floor, spread, 64', atLeast: 2 },
  { of: 'singles, hot, 64', to: 'singles, spread, 64', atLeast: 0.9 },
  { of: 'batches, hot, 8', to: 'batches, spread, 8', atLeast: 0.9 },
  { of: 'singles, hot, 64', to: 'floor, hot, 64', atLeast: 2 },
  { of: 'batches, hot, 8', to: 'floor, hot, 64', atLeast: 2 },
];

export function printRatios(results: Results): void {
  for (const { of, to, atLeast } of targets) {
    const ratio = (results.get(of) ?? 0) / (results.get(to) ?? Infinity);
    const verdict = ratio >= atLeast ? 'reached' : 'NOT REACHED';
    console.log(`${of} / ${to}: ${ratio.toFixed(2)} (reach: at least ${atLeast}; ${verdict})`);
  }
}
