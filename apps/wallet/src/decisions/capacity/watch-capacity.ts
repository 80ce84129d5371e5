import { CapacityWarningCleared, CapacityWarningRaised } from '@tokengrid/contracts';
import type { Capacity } from '../state/capacity.ts';
import { NothingDue } from '../rules/due.ts';
import type { Decided } from '../rules/decided.ts';

export interface WatchCapacity {
  /** µAIT, as the books say. */
  readonly outstanding: bigint;
}

/** Whether the operator is to be warned: from 90 % of what may be outstanding on. */
const isNearlyUsed = (outstanding: bigint, declared: bigint): boolean => outstanding * 10n >= declared * 9n;

/** Whether a warning would have to be raised or taken back. */
export const isWarningOutdated = (capacity: Capacity, { outstanding }: WatchCapacity): boolean =>
  capacity.status === 'declared' && capacity.warned !== isNearlyUsed(outstanding, capacity.declared);

/**
 * Warns the operator, once, when so much of the capacity is outstanding that little is left, and
 * says when there is more again.
 * @throws NothingDue where the operator knows already
 */
export function watchCapacity(capacity: Capacity, watch: WatchCapacity): Decided {
  if (capacity.status === 'undeclared' || !isWarningOutdated(capacity, watch)) {
    throw new NothingDue('the operator knows how much of the capacity is used');
  }
  const usage = { declared: capacity.declared, outstanding: watch.outstanding };
  return [capacity.warned ? CapacityWarningCleared(usage) : CapacityWarningRaised(usage)];
}
