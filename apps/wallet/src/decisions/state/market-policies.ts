import type { MarketPolicyEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import type { Proposed } from './approvals.ts';
import { withoutProposal } from './approvals.ts';

/** Stream of the operator's market policy. */
export const marketPolicyStreamId = 'market-policy';

/** Permission for parties, with its limit in µAIT per party and month in the operator's zone. */
export interface Permission {
  readonly allowed: boolean;
  readonly monthlyCap?: bigint | undefined;
}

/** The operator's market policy. Commands subject to it bring the policy in force. */
export interface MarketPolicy {
  /** 0: the operator has set none. */
  readonly version: number;
  /** Limit of the carrier's bill in minor units, per party and month in the operator's zone. */
  readonly billMonthlyLimit?: bigint | undefined;
  /**
   * Limit of purchases through the payment provider in minor units, per party and month in the
   * operator's zone; unpaid purchases count.
   */
  readonly providerMonthly?: bigint | undefined;
  readonly sending: Permission;
  readonly selling: Permission;
  /** Thresholds of a second person's approval: grants in µAIT, price changes in basis points. */
  readonly approvals: { readonly grantsAbove?: bigint | undefined; readonly priceChangeAboveBps?: number | undefined };
}

/** The policy before the operator sets one: everything is allowed. */
export const openMarket: MarketPolicy = {
  version: 0,
  sending: { allowed: true },
  selling: { allowed: true },
  approvals: {},
};

/** An open proposal of a policy. */
interface ProposedPolicy extends Proposed {
  readonly terms: Omit<MarketPolicy, 'version'>;
}

/**
 * Number of policies set, the thresholds of the last one, and open proposals; a projection keeps
 * the rest.
 */
export interface MarketPolicies {
  readonly set: number;
  readonly approvals: MarketPolicy['approvals'];
  /** The oldest first, at most `mostProposals`. */
  readonly proposals: readonly ProposedPolicy[];
}

export const marketPolicies: Aggregate<MarketPolicies, WalletEvent> = {
  name: 'market-policy',
  stateVersion: 2,
  initial: { set: 0, approvals: {}, proposals: [] },
  evolve,
};

function evolve(state: MarketPolicies, event: MarketPolicyEvent): MarketPolicies {
  switch (event.type) {
    case 'MarketPolicySet':
      return { ...state, set: event.data.version, approvals: event.data.approvals };
    case 'MarketPolicyProposed': {
      const { approvalId, by, people, ...terms } = event.data;
      return { ...state, proposals: [...state.proposals, { approvalId, by, people, terms }] };
    }
    case 'MarketPolicyApproved':
    case 'MarketPolicyRejected':
      return { ...state, proposals: withoutProposal(state.proposals, event.data.approvalId) };
    case 'MarketPolicyApprovalRefused':
      return state;
  }
}
