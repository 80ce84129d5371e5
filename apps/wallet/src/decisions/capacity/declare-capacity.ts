import { CapacityDeclared } from '@tokengrid/contracts';
import type { Capacity } from '../state/capacity.ts';
import type { Decided } from '../rules/decided.ts';

/**
 * Declares the maximum of outstanding tokens. Below the amount outstanding, nothing can be issued
 * until sales, redemptions or expiries have freed capacity.
 */
export function declareCapacity(capacity: Capacity, { tokens }: { readonly tokens: bigint }): Decided {
  const version = capacity.status === 'declared' ? capacity.version + 1 : 1;
  return [CapacityDeclared({ tokens, version })];
}
