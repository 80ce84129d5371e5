import type { Mutation } from '@tokengrid/simulation-kit';
import { correctionMutations } from './corrections.ts';
import { countingMutations } from './counting.ts';
import { meteringMutations } from './metering.ts';
import { periodMutations } from './periods.ts';
import { refundMutations } from './refunds.ts';
import { settlementMutations } from './settlement.ts';
import { subscriptionMutations } from './subscriptions.ts';
import { walletMutations } from './wallet.ts';

/** All mistakes. */
export const mutations: readonly Mutation[] = [
  ...meteringMutations,
  ...countingMutations,
  ...correctionMutations,
  ...walletMutations,
  ...refundMutations,
  ...periodMutations,
  ...subscriptionMutations,
  ...settlementMutations,
];
