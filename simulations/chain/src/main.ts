import { runSimulation } from '@tokengrid/simulation-kit';
import { simulation } from './simulation.ts';

await runSimulation(simulation, {
  command: 'npm run simulate:chain',
  about: `Runs random histories of metering, wallet and settlement, from reports to statements, with processes that die,
repeats in other batches, late uses and closings of days, and compares every event with the reference model of the chain.
The same seed is the same history.`,
  most: 100_000,
});
