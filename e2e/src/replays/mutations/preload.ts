import { plant } from '@tokengrid/simulation-kit';
import { mutations } from './mutations.ts';
import { plantedName } from './planted.ts';

// Comes before a service, which then loads modules with the mistake.
const mutation = mutations.find(({ name }) => name === plantedName());
if (!mutation) throw new Error(`no such mistake: ${plantedName()}`);
await plant(mutation);
