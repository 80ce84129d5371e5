import { GrantApprovalRefused, GrantRejected } from '@tokengrid/contracts';
import { decidable, type RejectProposal } from '../rules/approvals.ts';
import { onWallet } from '../rules/due.ts';

/**
 * Drops what was proposed, on a second person's word. Refused, in this order, where it was resolved
 * before and for who proposed it.
 */
export const rejectGrant = onWallet('rejectGrant', (wallet, rejecting: RejectProposal) => {
  const { approvalId, by, reason } = rejecting;
  const approval = { walletId: wallet.walletId, approvalId, by };
  const proposal = decidable(wallet.proposals, rejecting);
  if ('code' in proposal) return [GrantApprovalRefused({ ...approval, action: 'reject', ...proposal })];
  return [GrantRejected({ ...approval, ...(reason !== undefined && { reason }) })];
});
