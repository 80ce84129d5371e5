import { MarketPolicySet } from '@tokengrid/contracts';
import type { MarketPolicies, MarketPolicy } from '../state/market-policies.ts';
import type { Decided } from '../rules/decided.ts';

/** Sets what is allowed from now on, in place of all that was set before. */
export function setMarketPolicy({ set }: MarketPolicies, policy: Omit<MarketPolicy, 'version'>): Decided {
  return [MarketPolicySet({ ...policy, version: set + 1 })];
}
