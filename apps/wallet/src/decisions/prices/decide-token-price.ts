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
 * Posts a price that was proposed, on a second person's word; if its time is past by now, at once.
 * Refused, in this order, where it was resolved before, for who proposed it, and as a price that is
 * posted.
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

/** Drops a price that was proposed, on a second person's word. Refused as an approval is. */
export function rejectTokenPrice(
  prices: TokenPriceList,
  { approvalId, by, people, reason }: RejectProposal,
): Decided<'rejectTokenPrice'> {
  const approval = { approvalId, by };
  const proposal = decidable(prices.proposals, { approvalId, people });
  if ('code' in proposal) return [TokenPriceApprovalRefused({ ...approval, action: 'reject', ...proposal })];
  return [TokenPriceRejected({ ...approval, ...(reason !== undefined && { reason }) })];
}
