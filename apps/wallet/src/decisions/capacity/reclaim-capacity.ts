import { CapacityReclaimed } from '@tokengrid/contracts';
import type { Capacity } from '../state/capacity.ts';
import { leftOf, mustBeDeclared } from '../state/capacity.ts';
import type { Decided } from '../rules/decided.ts';

export interface ReclaimCapacity {
  readonly lane: number;
  /** µAIT; negative from a lane that had issued tokens before there was a limit. */
  readonly tokens: bigint;
  /**
   * True for the lane's report of tokens issued before the first declaration, false for capacity
   * returned or freed later.
   */
  readonly reported: boolean;
}

/** Takes back capacity that a lane returned or freed, so that any lane can be granted it. */
export function reclaimCapacity(state: Capacity, { lane, tokens, reported }: ReclaimCapacity): Decided {
  return [CapacityReclaimed({ lane, tokens, left: leftOf(mustBeDeclared(state)) + tokens, reported })];
}
