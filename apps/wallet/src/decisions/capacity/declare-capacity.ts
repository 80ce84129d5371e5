import { CapacityDeclared } from '@tokengrid/contracts';
import type { Capacity } from '../state/capacity.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Declares how many tokens may be outstanding. Less than there are is allowed: then none can be
 * issued until so many have been sold back, redeemed or have expired that there is room again.
 */
export function declareCapacity(capacity: Capacity, { tokens }: { readonly tokens: bigint }): Decided {
  const version = capacity.status === 'declared' ? capacity.version + 1 : 1;
  return [CapacityDeclared({ tokens, version })];
}
