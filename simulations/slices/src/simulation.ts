import type { Simulation } from '@tokengrid/simulation-kit';
import { World } from './world/world.ts';

/** Histories of gateways, metering and wallets. */
export const simulation: Simulation<'steps'> = {
  unit: 'steps',
  // Long enough for wallets that are nearly empty, short enough to be examined.
  historyLength: 1500,
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
