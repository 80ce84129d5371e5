import { runMutations } from '@tokengrid/simulation-kit';
import { mutations } from './mutations.ts';

await runMutations(mutations, {
  command: 'npm run mutate:slices',
  where: 'the gateway, metering or the wallet',
  unit: 'steps',
  most: 200_000,
  mutant: new URL('./mutant.js', import.meta.url),
});
