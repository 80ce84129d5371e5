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
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

/**
 * Gives a wallet tokens of the operator's (a grant, a voucher, a plan) where one person may; more
 * than that waits for a second one. What waits takes no capacity. It is refused, in this order, as
 * it would be if it were given now, but for the capacity, and where as much waits as may.
 * @throws SliceTooSmall while the lane may still get more capacity
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
