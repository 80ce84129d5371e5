import { expect, it } from '@jest/globals';
import { round } from '../overspend/rounds.ts';
import { kinds } from '../overspend/trials.ts';
import type { Tokengrid } from './tokengrid.ts';

/** `npm run prove:overspend` has more callers and more rounds. */
const callers = 120;

/** Overspending: enough for exactly 50 of many concurrent requests. */
export function overspending(grid: () => Tokengrid): void {
  it.each(kinds)('exactly 50 get something: $name', async (kind) => {
    expect((await round(grid(), kind, callers, false)).complaints).toEqual([]);
  });

  it.each(kinds)('and when a process is killed meanwhile: $name', async (kind) => {
    expect((await round(grid(), kind, callers, true)).complaints).toEqual([]);
  });
}
