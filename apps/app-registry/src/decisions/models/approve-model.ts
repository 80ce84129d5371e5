import { instantOf, ModelOffered } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { ifPending, type OfOffer } from '../rules/offers.ts';
import type { Model } from '../state/model.ts';
import type { Decided } from '../rules/decided.ts';

/** Approves an offer that waits for the operator: its prices are in force from now on. */
export function approveModel(state: Model, command: OfOffer, { time }: DecisionContext): Decided<'approveModel'> {
  return ifPending(state, command, (submission) => [
    ModelOffered({ ...submission, priceVersion: 1, effectiveFrom: instantOf(time) }),
  ]);
}
