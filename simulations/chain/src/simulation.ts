import type { Simulation } from '@tokengrid/simulation-kit';
import { World } from './world/world.ts';

/** Histories of metering, wallet and settlement together. */
export const simulation: Simulation<'steps'> = {
  unit: 'steps',
  // Long enough for days that end and parties that run out of tokens, short enough to be examined.
  historyLength: 600,
  begin: (dice) => {
    const world = new World(dice);
    const { checker } = world;
    return {
      run: (length) => world.run(length),
      counts: () => ({ steps: world.steps, events: checker.events }),
      reached: () => checker.reached,
      lastEvents: () => checker.lastEvents,
    };
  },
};
