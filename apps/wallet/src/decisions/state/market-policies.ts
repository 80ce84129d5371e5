import type { MarketPolicyEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import type { Proposed } from './approvals.ts';
import { withoutProposal } from './approvals.ts';

/** The stream of what the operator allows on its market. */
export const marketPolicyStreamId = 'market-policy';

/**
 * Whether parties may do something, and how many µAIT of it per party and month of the operator's.
 */
export interface Permission {
  readonly allowed: boolean;
  readonly monthlyCap?: bigint | undefined;
}

/**
 * What the operator allows. The one in force comes with each command that asks for what it may
 * forbid.
 */
export interface MarketPolicy {
  /** 0: the operator set none. */
  readonly version: number;
  /** Minor units that the carrier may bill a party per month of the operator's. */
  readonly billMonthlyLimit?: bigint | undefined;
  /**
   * Minor units that a party may buy for through the payment provider per month of the operator's,
   * unpaid purchases counted.
   */
  readonly providerMonthly?: bigint | undefined;
  readonly sending: Permission;
  readonly selling: Permission;
  /**
   * What takes a second person's approval: grants of more than so many µAIT, price changes by more
   * than so many basis points.
   */
  readonly approvals: { readonly grantsAbove?: bigint | undefined; readonly priceChangeAboveBps?: number | undefined };
}

/** As long as the operator has set nothing, all is allowed. */
export const openMarket: MarketPolicy = {
  version: 0,
  sending: { allowed: true },
  selling: { allowed: true },
  approvals: {},
};

/** A policy that waits for a second person. */
interface ProposedPolicy extends Proposed {
  readonly terms: Omit<MarketPolicy, 'version'>;
}

/**
 * How many policies were set, what the last says about approvals, and which wait; all else they
 * say, a projection knows.
 */
export interface MarketPolicies {
  readonly set: number;
  readonly approvals: MarketPolicy['approvals'];
  /** The oldest first; at most `mostProposals`. */
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
