import { runSimulation } from '@tokengrid/simulation-kit';
import { simulation } from './simulation.ts';

await runSimulation(simulation, {
  command: 'npm run simulate',
  about: `Runs random histories of the wallet, with crashes, repeats and clocks that jump, and compares every event with the
reference model. The same seed is the same history.`,
  most: 1_000_000,
});
