import { runMutant } from '@tokengrid/simulation-kit';
import { mutations } from './mutations.ts';

await runMutant(mutations, async () => (await import('../simulation.ts')).simulation);
