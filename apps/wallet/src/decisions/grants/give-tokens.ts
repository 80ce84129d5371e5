import type { Grant } from '@tokengrid/contracts';
import { GrantApprovalRefused, GrantProposed } from '@tokengrid/contracts';
import type { Proposed } from '../state/approvals.ts';
import { mostProposals } from '../state/approvals.ts';
import { grantTakesApproval } from '../rules/approvals.ts';
import { onWallet } from '../rules/due.ts';
import { give, refusalAmong } from './given.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import { walletLane } from '../state/wallet-lane.ts';

export interface GiveTokens extends Proposed {
  readonly grant: Grant;
  readonly policy: MarketPolicy;
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Gives a wallet tokens of the operator (a grant, a voucher, a plan), or proposes the grant where
 * its amount needs a second person. A proposal reserves no capacity.
 *
 * Refusals of a proposal, in order: those of the grant itself except lacking capacity, then too
 * many open proposals.
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export const giveTokens = onWallet('giveTokens', (wallet, giving: GiveTokens, context) => {
  const { grant, policy, approvalId, by, people } = giving;
  if (!grantTakesApproval(grant.tokens, policy)) return give(wallet, grant, giving.capacityLeft, context);
  const { walletId } = wallet;
  const refused = refusalAmong(give(wallet, grant, undefined, { ...context, system: walletLane.initial }));
  if (refused) return [refused];
  const proposed = { walletId, approvalId, by };
  if (wallet.proposals.length >= mostProposals) {
    return [GrantApprovalRefused({ ...proposed, action: 'propose', code: 'WALLET.TOO_MANY_APPROVALS' })];
  }
  return [GrantProposed({ ...proposed, people: [...people], grant })];
});
