import { PlanEnded, PlanRefused } from '@tokengrid/contracts';
import { onWallet } from '../rules/due.ts';

/**
 * Ends a wallet's plan. The rest of its tokens expires with the month and does not roll over.
 *
 * Refused for a wallet without a plan.
 */
export const endPlan = onWallet('endPlan', (wallet, _command: object) => {
  const { walletId, plan } = wallet;
  if (!plan) return [PlanRefused({ walletId, code: 'NOT_FOUND' })];
  return [PlanEnded({ walletId, planId: plan.planId })];
});
