import type { MarketPolicyEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** The stream of what the operator allows on its market. */
export const marketPolicyStreamId = 'market-policy';

/** Whether parties may do something, and how many µAIT of it per party and calendar month (UTC). */
export interface Permission {
  readonly allowed: boolean;
  readonly monthlyCap?: bigint | undefined;
}

/** What the operator allows. The one in force comes with each command that asks for what it may forbid. */
export interface MarketPolicy {
  /** 0: the operator set none. */
  readonly version: number;
  /** Minor units that the carrier may bill a party per calendar month (UTC). */
  readonly billMonthlyLimit?: bigint | undefined;
  readonly sending: Permission;
  readonly selling: Permission;
  /** What takes a second person's approval: grants of more than so many µAIT, price changes by more than so many basis points. */
  readonly approvals: { readonly grantsAbove?: bigint | undefined; readonly priceChangeAboveBps?: number | undefined };
}

/** As long as the operator has set nothing, all is allowed. */
export const openMarket: MarketPolicy = {
  version: 0,
  sending: { allowed: true },
  selling: { allowed: true },
  approvals: {},
};

/** How many policies were set; what they say, a projection knows. */
export interface MarketPolicies {
  readonly set: number;
}

export const marketPolicies: Aggregate<MarketPolicies, WalletEvent> = {
  name: 'market-policy',
  stateVersion: 1,
  initial: { set: 0 },
  evolve,
};

function evolve(_state: MarketPolicies, event: MarketPolicyEvent): MarketPolicies {
  switch (event.type) {
    case 'MarketPolicySet':
      return { set: event.data.version };
  }
}
