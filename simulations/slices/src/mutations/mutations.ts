import type { Mutation } from '@tokengrid/simulation-kit';
import { gatewayMutations } from './gateway.ts';
import { meteringMutations } from './metering.ts';
import { walletMutations } from './wallet.ts';

/** All mistakes. */
export const mutations: readonly Mutation[] = [...gatewayMutations, ...meteringMutations, ...walletMutations];
