import { TokenPriceApprovalRefused, TokenPriceApproved, TokenPriceRejected } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Proposed } from '../state/approvals.ts';
import { decidable } from '../rules/approvals.ts';
import type { RejectProposal } from '../rules/approvals.ts';
import { setTokenPrice } from './set-token-price.ts';
import { type TokenPriceList } from '../state/token-prices.ts';
import { postingRefusal } from '../rules/token-prices.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Posts a proposed price on a second person's approval, at once if its time has passed. Refusals,
 * in order: a resolved proposal, the proposer's own approval, then those of posting a price.
 */
export function approveTokenPrice(
  prices: TokenPriceList,
  { approvalId, by, people }: Proposed,
  context: DecisionContext<WalletLane>,
): Decided<'approveTokenPrice'> {
  const approval = { approvalId, by };
  const proposal = decidable(prices.proposals, { approvalId, people });
  if ('code' in proposal) return [TokenPriceApprovalRefused({ ...approval, action: 'approve', ...proposal })];
  const effectiveFrom = proposal.effectiveFrom === null ? undefined : Date.parse(proposal.effectiveFrom);
  const barred = postingRefusal(prices, { ...proposal, effectiveFrom }, context.time);
  if (barred) return [TokenPriceApprovalRefused({ ...approval, action: 'approve', ...barred })];
  return [TokenPriceApproved(approval), ...setTokenPrice(prices, { ...proposal, effectiveFrom }, context)];
}

/** Rejects a proposed price on a second person's decision. Refusals as for an approval. */
export function rejectTokenPrice(
  prices: TokenPriceList,
  { approvalId, by, people, reason }: RejectProposal,
): Decided<'rejectTokenPrice'> {
  const approval = { approvalId, by };
  const proposal = decidable(prices.proposals, { approvalId, people });
  if ('code' in proposal) return [TokenPriceApprovalRefused({ ...approval, action: 'reject', ...proposal })];
  return [TokenPriceRejected({ ...approval, ...(reason !== undefined && { reason }) })];
}
