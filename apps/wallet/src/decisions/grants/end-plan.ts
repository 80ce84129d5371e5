import { PlanEnded, PlanRefused } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';

/**
 * Ends a wallet's plan. What is left of its tokens stays until the month ends; nothing rolls over.
 * Refused where there is no plan.
 */
export const endPlan = onWallet('endPlan', (wallet, _command: object) => {
  const { walletId, plan } = wallet;
  if (!plan) return [PlanRefused({ walletId, code: 'NOT_FOUND' })];
  return [PlanEnded({ walletId, planId: plan.planId })];
});
