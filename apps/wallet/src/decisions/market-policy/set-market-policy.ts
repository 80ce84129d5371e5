import { MarketPolicySet } from '@tokengrid/contracts';
import type { MarketPolicies, MarketPolicy } from '../state/market-policies.ts';
import type { Decided } from '../rules/decided.ts';

/** Sets the policy in force, in place of the whole former one. */
export function setMarketPolicy({ set }: MarketPolicies, policy: Omit<MarketPolicy, 'version'>): Decided {
  return [MarketPolicySet({ ...policy, version: set + 1 })];
}
