import { CapacityWarningCleared, CapacityWarningRaised } from '@tokengrid/contracts';
import type { Capacity } from '../state/capacity.ts';
import { NothingDue } from '../rules/due.ts';
import type { Decided } from '../rules/decided.ts';

export interface WatchCapacity {
  /** Outstanding tokens in the ledger, in µAIT. */
  readonly outstanding: bigint;
}

/** Warning threshold: 90 % of the declared capacity is outstanding. */
const isNearlyUsed = (outstanding: bigint, declared: bigint): boolean => outstanding * 10n >= declared * 9n;

/** True if a warning has to be raised or withdrawn. */
export const isWarningOutdated = (capacity: Capacity, { outstanding }: WatchCapacity): boolean =>
  capacity.status === 'declared' && capacity.warned !== isNearlyUsed(outstanding, capacity.declared);

/**
 * Warns the operator once when the capacity is nearly used, and withdraws the warning when it no
 * longer is.
 * @throws NothingDue where the warning is up to date
 */
export function watchCapacity(capacity: Capacity, watch: WatchCapacity): Decided {
  if (capacity.status === 'undeclared' || !isWarningOutdated(capacity, watch)) {
    throw new NothingDue('the operator knows how much of the capacity is used');
  }
  const usage = { declared: capacity.declared, outstanding: watch.outstanding };
  return [capacity.warned ? CapacityWarningCleared(usage) : CapacityWarningRaised(usage)];
}
