import { CapacityExhausted, CapacityGranted } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { NotYet } from '@tokengrid/kernel';
import type { Capacity } from '../state/capacity.ts';
import { leftOf, mustBeDeclared } from '../state/capacity.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface RequestCapacity {
  readonly lane: number;
  /** µAIT that the lane cannot do without. */
  readonly required: bigint;
}

/**
 * A lane gets at least this part of the declared capacity at a time, while there is that much: 1/8
 * of an even share.
 */
const slicesPerLane = 8n;

/**
 * Gives a lane a slice of the capacity, or says that it has less left than the lane needs.
 * @throws NotYet until all lanes have said what they had issued before there was a limit
 */
export function requestCapacity(
  state: Capacity,
  { lane, required }: RequestCapacity,
  { lanes }: DecisionContext<WalletLane>,
): Decided {
  const capacity = mustBeDeclared(state);
  if (capacity.reported.length < lanes) throw new NotYet('not all lanes have said what they have issued');
  const left = leftOf(capacity);
  if (left < required) return [CapacityExhausted({ lane, required, left })];
  const slice = capacity.declared / (slicesPerLane * BigInt(lanes));
  const tokens = slice > required && slice <= left ? slice : required;
  return [CapacityGranted({ lane, tokens, left: left - tokens, version: capacity.version })];
}
