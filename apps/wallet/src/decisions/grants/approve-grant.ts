import { GrantApprovalRefused, GrantApproved } from '@tokengrid/contracts';
import type { Proposed } from '../state/approvals.ts';
import { decidable } from '../rules/approvals.ts';
import { onWallet } from '../rules/due.ts';
import { give, isGiven, refusalAmong } from './given.ts';
import type { Refusal } from '../rules/decided.ts';

export interface ApproveGrant extends Proposed {
  /**
   * Capacity left beside the lane's slice, in µAIT; present once the lane's request for more was
   * refused.
   */
  readonly capacityLeft?: bigint;
}

/**
 * Grants a proposal on a second person's approval. Refusals, in order: a resolved proposal, the
 * proposer's own approval, a grant impossible now (the proposal stays open).
 * @throws FactNeeded capacity, while the lane may still be granted more capacity
 */
export const approveGrant = onWallet('approveGrant', (wallet, approving: ApproveGrant, context) => {
  const { approvalId, by } = approving;
  const approval = { walletId: wallet.walletId, approvalId, by };
  const refused = (refusal: Refusal<'approveGrant'>) => [
    GrantApprovalRefused({ ...approval, action: 'approve', ...refusal }),
  ];
  const proposal = decidable(wallet.proposals, approving);
  if ('code' in proposal) return refused(proposal);
  const given = give(wallet, proposal.grant, approving.capacityLeft, context);
  if (isGiven(given)) return [GrantApproved(approval), ...given];
  const { code, available, required } = refusalAmong(given)!.data;
  if (code === 'WALLET.EXPIRY_PASSED') return refused({ code: 'WALLET.APPROVAL_OUTDATED' });
  return refused({ code, ...(available !== undefined && { available, required }) });
});
