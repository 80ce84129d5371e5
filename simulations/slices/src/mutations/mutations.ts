import type { Mutation } from '@tokengrid/simulation-kit';
import { meteringMutations } from './metering.ts';
import { walletMutations } from './wallet.ts';

/** All mistakes. */
export const mutations: readonly Mutation[] = [...meteringMutations, ...walletMutations];
