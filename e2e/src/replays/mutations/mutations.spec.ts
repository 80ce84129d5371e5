import { describeMutations } from '@tokengrid/simulation-kit/testing';
import { mutations } from './mutations.ts';

describeMutations(mutations);
