import type { Reached } from '../latencies.ts';
import type { Question } from './questions.ts';

const columns = ['quiet', 'takes transfers', 'beside that'];

export const tableHead = `${'p50 / p99 in ms, one caller'.padEnd(28)}${columns.map((column) => column.padStart(20)).join('')}`;

/** @param figures in the order of the columns */
export function row({ name, p99Ms }: Question, figures: readonly Reached[]): string {
  const cells = figures.map(({ p50, p99 }) => `${p50.toFixed(2)} / ${p99.toFixed(2)}`.padStart(20));
  const [quiet] = figures;
  const verdict =
    p99Ms === undefined ? '' : `   at most ${p99Ms} ms: ${quiet!.p99 <= p99Ms ? 'reached' : 'NOT REACHED'}`;
  return name.padEnd(28) + cells.join('') + verdict;
}
