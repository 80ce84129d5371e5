import type { Simulation } from '@tokengrid/simulation-kit';
import { VirtualTime } from './machine/virtual-time.ts';
import { World } from './machine/world.ts';

/** Histories of the wallet: `commands` are those decided, each once, `sent` counts repeats too. */
export const simulation: Simulation<'commands' | 'sent'> = {
  unit: 'commands',
  // Long enough for many lots and holds, short enough to be run again and examined.
  historyLength: 1200,
  begin: (dice) => {
    const world = new World(dice);
    const { checker } = world;
    return {
      run: (length) => new VirtualTime().run(() => world.run(length)),
      counts: () => ({ commands: checker.commands, sent: world.commandsSent, events: checker.events }),
      reached: () => checker.reached,
      lastEvents: () => checker.lastEvents(),
    };
  },
};
