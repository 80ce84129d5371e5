import { runMutations } from '@tokengrid/simulation-kit';
import { mutations } from './mutations.ts';

await runMutations(mutations, {
  command: 'npm run mutate:chain',
  where: 'metering, the wallet or settlement',
  unit: 'steps',
  most: 20_000,
  mutant: new URL('./mutant.js', import.meta.url),
});
