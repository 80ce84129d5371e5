import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { Random } from '../chaos/random.ts';
import { faults, tellBadly, tellPlainly } from '../replays/proof.ts';
import { unitsOf, usesOf } from '../replays/script.ts';
import type { Tokengrid } from './tokengrid.ts';

const sample = fileURLToPath(new URL('../../../tools/cli/samples/trace.csv', import.meta.url));
const [uses, payers] = [400, 4];

/** Uses that are reported over and over; `npm run prove:replays` has more of them. */
export function replays(grid: () => Tokengrid): void {
  it('three times, shuffled, late, corrected, to processes that are killed: the same as once in order', async () => {
    const seed = Date.now() % 1_000_000;
    const used = usesOf(await unitsOf(sample, uses), payers, seed);
    const reference = await tellPlainly(grid(), used, payers);
    expect({ seed, faults: faults(reference) }).toEqual({ seed, faults: [] });
    const told = await tellBadly(grid(), used, payers, new Random(seed));
    expect({ seed, faults: faults(told, reference) }).toEqual({ seed, faults: [] });
    expect(told.kills).toBeGreaterThan(0);
  });
}
