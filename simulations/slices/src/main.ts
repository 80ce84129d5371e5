import { runSimulation } from '@tokengrid/simulation-kit';
import { simulation } from './simulation.ts';

await runSimulation(simulation, {
  command: 'npm run simulate:slices',
  about: `Runs random histories of slices: processes of the gateway that ask, spend, report and die, metering, and wallets.
What a slice was granted is charged, left, or given back, after every step. The same seed is the same history.`,
  most: 100_000,
});
