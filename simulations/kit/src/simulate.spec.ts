import { describe, expect, it } from '@jest/globals';
import { simulate, type Simulation } from './simulate.ts';
import { same, ensure } from './violation.ts';

/** Histories that throw dice, and end in a violation at the first number above a bound. */
const throwing = (bound: number): Simulation<'throws'> => ({
  unit: 'throws',
  historyLength: 10,
  begin: (dice) => {
    const thrown: number[] = [];
    return {
      run: async (length) => {
        while (thrown.length < length) {
          thrown.push(dice.roll(1000));
          ensure(thrown.at(-1)! <= bound, () => `${thrown.at(-1)} is above ${bound}`);
        }
      },
      counts: () => ({ throws: thrown.length, events: 2 * thrown.length }),
      reached: () => new Map([['even', thrown.filter((each) => each % 2 === 0).length]]),
      lastEvents: () => thrown.map(String).slice(-2),
    };
  },
});

describe('a simulation', () => {
  it('runs whole histories until it has the number of units, and sums them', async () => {
    const { counts, reached, found } = await simulate(throwing(1000), 1, 25);
    expect(counts).toEqual({ throws: 30, events: 60, histories: 3 });
    expect(reached.get('even')).toBeGreaterThan(0);
    expect(found).toBeUndefined();
  });

  it('ends with the first violation, and names the seed that runs that history alone', async () => {
    const { found, counts } = await simulate(throwing(980), 1, 100_000);
    expect(found?.violation.message).toMatch(/^\d+ is above 980$/);
    expect(found?.seed).toBe(counts.histories);
    const again = await simulate(throwing(980), found!.seed, 1);
    expect([again.counts.histories, again.found]).toEqual([1, found]);
  });

  it('passes on a failure that is no violation', async () => {
    const failing = {
      ...throwing(1000),
      begin: () => ({ run: () => Promise.reject(new Error('disk full')) }) as never,
    };
    await expect(simulate(failing, 1, 10)).rejects.toThrow('disk full');
  });

  it('names of long lists what differs alone', () => {
    expect(() => same(() => 'the list', [1n, 2n, 3n], [1n, 2n, 4n])).toThrow('the list is ["3"], and has to be ["4"]');
  });
});
