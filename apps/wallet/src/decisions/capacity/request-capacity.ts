import { CapacityExhausted, CapacityGranted } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { NotYet } from '@tokengrid/kernel';
import type { Capacity } from '../state/capacity.ts';
import { leftOf, mustBeDeclared } from '../state/capacity.ts';
import type { WalletLane } from '../state/wallet-lane.ts';
import type { Decided } from '../rules/decided.ts';

export interface RequestCapacity {
  readonly lane: number;
  /** Minimum that the lane needs, in µAIT. */
  readonly required: bigint;
}

/** Divisor of a lane's even share: the smallest slice is 1/8 of it, while so much is left. */
const slicesPerLane = 8n;

/**
 * Grants a lane a slice of the capacity, or refuses with the amount left.
 * @throws NotYet until all lanes have reported the tokens issued before the first declaration
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
