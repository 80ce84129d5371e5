export { Dice } from './dice.ts';
export { type MutantRun, plant, runMutant } from './mutant.ts';
export { runMutations } from './mutate.ts';
export { type Mutation, mutation } from './planting.ts';
export { runSimulation } from './program.ts';
export { repository } from './repository.ts';
export type { Simulation } from './simulate.ts';
export { ensure, same, shown, Violation } from './violation.ts';
