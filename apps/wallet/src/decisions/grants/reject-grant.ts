import { GrantApprovalRefused, GrantRejected } from '@tokengrid/contracts';
import { decidable, type RejectProposal } from '../rules/approvals.ts';
import { onWallet } from '../rules/due.ts';

/**
 * Rejects a proposal on a second person's decision. Refusals, in order: a resolved proposal, the
 * proposer's own rejection.
 */
export const rejectGrant = onWallet('rejectGrant', (wallet, rejecting: RejectProposal) => {
  const { approvalId, by, reason } = rejecting;
  const approval = { walletId: wallet.walletId, approvalId, by };
  const proposal = decidable(wallet.proposals, rejecting);
  if ('code' in proposal) return [GrantApprovalRefused({ ...approval, action: 'reject', ...proposal })];
  return [GrantRejected({ ...approval, ...(reason !== undefined && { reason }) })];
});
