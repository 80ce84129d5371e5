import { runMutations } from '@tokengrid/simulation-kit';
import { mutations } from './mutations.ts';

await runMutations(mutations, {
  command: 'npm run mutate:replays',
  where: 'the services of a whole stack',
  unit: 'uses',
  most: 400,
  mutant: new URL('./mutant.js', import.meta.url),
});
