import { MarketPolicyApprovalRefused, MarketPolicyProposed } from '@tokengrid/contracts';
import type { Proposed } from '../state/approvals.ts';
import { mostProposals } from '../state/approvals.ts';
import { policyTakesApproval } from '../rules/approvals.ts';
import type { MarketPolicies, MarketPolicy } from '../state/market-policies.ts';
import { setMarketPolicy } from './set-market-policy.ts';
import type { Decided } from '../rules/decided.ts';

export interface ChangeMarketPolicy extends Proposed {
  readonly terms: Omit<MarketPolicy, 'version'>;
}

/**
 * Sets a policy, or proposes it where it would raise the amounts that one person may decide alone;
 * otherwise a person could first raise their own limit. Refused where the maximum number of
 * proposals is open.
 */
export function changeMarketPolicy(
  policies: MarketPolicies,
  { approvalId, by, people, terms }: ChangeMarketPolicy,
): Decided<'changeMarketPolicy'> {
  if (!policyTakesApproval(policies.approvals, terms.approvals)) return setMarketPolicy(policies, terms);
  const proposed = { approvalId, by };
  if (policies.proposals.length >= mostProposals) {
    return [MarketPolicyApprovalRefused({ ...proposed, action: 'propose', code: 'WALLET.TOO_MANY_APPROVALS' })];
  }
  return [MarketPolicyProposed({ ...proposed, people: [...people], ...terms })];
}
