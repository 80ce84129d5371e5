import { GrantApprovalRefused, GrantRejected } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { decidable, type RejectProposal } from '../rules/approvals.ts';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';

/** Drops what was proposed, on a second person's word. Refused, in this order, where it was resolved before and for who proposed it. */
export function rejectGrant(state: Wallet, rejecting: RejectProposal, context: DecisionContext<WalletLane>): Decided {
  const { wallet, expired } = expireDue(state, context);
  const { approvalId, by, reason } = rejecting;
  const approval = { walletId: wallet.walletId, approvalId, by };
  const proposal = decidable(wallet.proposals, rejecting);
  if ('code' in proposal) return [...expired, GrantApprovalRefused({ ...approval, action: 'reject', ...proposal })];
  return [...expired, GrantRejected({ ...approval, ...(reason !== undefined && { reason }) })];
}
