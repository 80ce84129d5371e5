import { PlanEnded, PlanRefused } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/** Ends a wallet's plan. What is left of its tokens stays until the month ends; nothing rolls over. Refused where there is no plan. */
export function endPlan(state: Wallet, _command: object, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { walletId, plan } = wallet;
  if (!plan) return [...expired, PlanRefused({ walletId, code: 'NOT_FOUND' })];
  return [...expired, PlanEnded({ walletId, planId: plan.planId })];
}
