import type { Grant } from '@tokengrid/contracts';
import { GrantApprovalRefused, GrantProposed } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Proposed } from '../state/approvals.ts';
import { mostProposals } from '../state/approvals.ts';
import { grantTakesApproval } from '../rules/approvals.ts';
import type { Decided } from '../rules/due.ts';
import { expireDue } from '../rules/due.ts';
import { give, refusalAmong } from './given.ts';
import type { MarketPolicy } from '../state/market-policies.ts';
import type { Wallet } from '../state/wallet.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import { walletLane } from '../state/wallet-lane.ts';

export interface GiveTokens extends Proposed {
  readonly grant: Grant;
  readonly policy: MarketPolicy;
  /** Known once the lane asked for more capacity in vain: what is left beside its slice. */
  readonly capacityLeft?: bigint;
}

/**
 * Gives a wallet tokens of the operator's (a grant, a voucher, a plan) where one person may; more than that waits for a second
 * one. What waits takes no capacity. It is refused, in this order, as it would be if it were given now, but for the capacity, and where
 * as much waits as may.
 * @throws SliceTooSmall while the lane may still get more capacity
 */
export function giveTokens(state: Wallet, giving: GiveTokens, context: DecisionContext<WalletLane>): Decided {
  const { grant, policy, approvalId, by, people } = giving;
  if (!grantTakesApproval(grant.tokens, policy)) return give(state, grant, giving.capacityLeft, context);
  const { wallet, expired } = expireDue(state, context);
  const { walletId } = wallet;
  const refused = refusalAmong(give(wallet, grant, undefined, { ...context, system: walletLane.initial }));
  if (refused) return [...expired, refused];
  const proposed = { walletId, approvalId, by };
  if (wallet.proposals.length >= mostProposals) {
    return [...expired, GrantApprovalRefused({ ...proposed, action: 'propose', code: 'APPROVAL.TOO_MANY' })];
  }
  return [...expired, GrantProposed({ ...proposed, people: [...people], grant })];
}
