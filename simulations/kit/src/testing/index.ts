import { describe, expect, it } from '@jest/globals';
import { mutated, type Mutation } from '../planting.ts';
import { simulate, type Simulated, type Simulation } from '../simulate.ts';

/** States that each planted mistake still applies to the source, under a name of its own. */
export function describeMutations(mutations: readonly Mutation[]): void {
  describe('the planted mutations', () => {
    it.each(mutations)('apply: $name', (mutation) => {
      for (const { file } of mutation.edits) expect(mutated(mutation, file)).not.toBe('');
    });

    it('have names of their own', () => {
      expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
    });
  });
}

/**
 * Runs a simulation that has to find nothing.
 * @returns what happened in it
 */
export async function simulateInFull<Unit extends string>(
  simulation: Simulation<Unit>,
  seed: number,
  most: number,
): Promise<Simulated<Unit>> {
  const { found, ...ran } = await simulate(simulation, seed, most);
  expect(found && [`seed ${found.seed}`, found.violation.message, ...found.events].join('\n')).toBeUndefined();
  expect(ran.counts[simulation.unit]).toBeGreaterThanOrEqual(most);
  return { found, ...ran };
}

/** States that a history is the same for the same seed, and another for another. */
export async function expectSeedsToDecide<Unit extends string>(simulation: Simulation<Unit>): Promise<void> {
  const once = () => simulate(simulation, 7, 300);
  const [one, other, third] = [await once(), await once(), await simulate(simulation, 8, 300)];
  expect(one).toEqual(other);
  expect(one).not.toEqual(third);
}
