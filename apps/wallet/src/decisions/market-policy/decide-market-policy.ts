import { MarketPolicyApprovalRefused, MarketPolicyApproved, MarketPolicyRejected } from '@tokengrid/contracts';
import type { Proposed } from '../state/approvals.ts';
import { decidable } from '../rules/approvals.ts';
import type { MarketPolicies } from '../state/market-policies.ts';
import type { RejectProposal } from '../rules/approvals.ts';
import { setMarketPolicy } from './set-market-policy.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Sets a proposed policy on a second person's approval. Refusals, in order: a resolved proposal,
 * the proposer's own approval.
 */
export function approveMarketPolicy(
  policies: MarketPolicies,
  { approvalId, by, people }: Proposed,
): Decided<'approveMarketPolicy'> {
  const approval = { approvalId, by };
  const proposal = decidable(policies.proposals, { approvalId, people });
  if ('code' in proposal) return [MarketPolicyApprovalRefused({ ...approval, action: 'approve', ...proposal })];
  return [MarketPolicyApproved(approval), ...setMarketPolicy(policies, proposal.terms)];
}

/** Rejects a proposed policy on a second person's decision. Refusals as for an approval. */
export function rejectMarketPolicy(
  policies: MarketPolicies,
  { approvalId, by, people, reason }: RejectProposal,
): Decided<'rejectMarketPolicy'> {
  const approval = { approvalId, by };
  const proposal = decidable(policies.proposals, { approvalId, people });
  if ('code' in proposal) return [MarketPolicyApprovalRefused({ ...approval, action: 'reject', ...proposal })];
  return [MarketPolicyRejected({ ...approval, ...(reason !== undefined && { reason }) })];
}
