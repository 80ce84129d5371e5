import type { Reached } from '../latencies.ts';
import type { CpuTime } from '../stack/cpu-time.ts';

/** Transfers per second by `<case>, <callers>`, one for each round. */
export type Results = Map<string, number[]>;

/** Values printed beside a figure. */
export interface Beside {
  /** Time from the last answer until nothing was in transit. */
  readonly arrivedMs?: number;
  /** CPU microseconds per transfer, by process group; both halves of the transfer. */
  readonly cpuPerTransfer?: CpuTime | undefined;
}

export const tableHead = `${''.padEnd(16)} callers transfers/s    p50 ms    p99 ms   last in after   CPU µs a transfer`;

export function row(
  name: string,
  callers: number,
  { perSecond, p50, p99 }: Reached,
  { arrivedMs, cpuPerTransfer }: Beside,
): string {
  const figures = [
    name.padEnd(16),
    String(callers).padStart(7),
    perSecond.toFixed(0).padStart(11),
    p50.toFixed(2).padStart(9),
    p99.toFixed(2).padStart(9),
  ];
  if (arrivedMs !== undefined) figures.push(`${arrivedMs.toFixed(0)} ms`.padStart(15));
  if (cpuPerTransfer)
    figures.push(
      ` ${Object.entries(cpuPerTransfer)
        .map(([who, time]) => `${who} ${time.toFixed(0)}`)
        .join(', ')}`,
    );
  return figures.join(' ');
}

interface Target {
  readonly of: string;
  readonly to: string;
  readonly atLeast: number;
}

/** Targets of the wallet, against the floor and against itself. */
const targets: readonly Target[] = [
  { of: 'singles, spread, 64', to: 'floor, spread, 64', atLeast: 0.3 },
  { of: 'batches, spread, 8', to: 'floor, spread, 64', atLeast: 2 },
  { of: 'singles, hot, 64', to: 'singles, spread, 64', atLeast: 0.9 },
  { of: 'batches, hot, 8', to: 'batches, spread, 8', atLeast: 0.9 },
  { of: 'singles, hot, 64', to: 'floor, hot, 64', atLeast: 2 },
  { of: 'batches, hot, 8', to: 'floor, hot, 64', atLeast: 2 },
];

/**
 * Median and range of the rounds' ratios: compared figures were measured within seconds of each
 * other in each round, since other load on the machine varies.
 */
export function printRatios(results: Results): void {
  for (const { of, to, atLeast } of targets) {
    const base = results.get(to) ?? [];
    const ratios = (results.get(of) ?? []).map((figure, round) => figure / base[round]!).sort((a, b) => a - b);
    const median = (ratios[(ratios.length - 1) >> 1]! + ratios[ratios.length >> 1]!) / 2;
    const verdict = median >= atLeast ? 'reached' : 'NOT REACHED';
    const range = `${ratios[0]!.toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}`;
    console.log(`${of} / ${to}: ${median.toFixed(2)}, from ${range} (reach: at least ${atLeast}; ${verdict})`);
  }
}
