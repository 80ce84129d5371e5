import { runMutations } from '@tokengrid/simulation-kit';
import { mutations } from './mutations.ts';

await runMutations(mutations, {
  command: 'npm run mutate',
  where: 'a copy of the wallet',
  unit: 'commands',
  most: 120_000,
  mutant: new URL('./mutant.js', import.meta.url),
});
