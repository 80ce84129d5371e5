import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { AllKnown, markKeyOf, parkedMark } from '../rules/marks.ts';
import { ratedOrParked, type UseOnTerms } from '../rules/rated-or-parked.ts';
import type { Payer } from '../state/payer.ts';

/** Parked uses of one payer, with their current terms. */
export interface RecycleUses {
  readonly partyId: string;
  readonly uses: readonly ParkedOnTerms[];
}

/** A parked use, and its current terms. */
export interface ParkedOnTerms extends UseOnTerms {
  /** Place of the use in the event that parked it. */
  readonly parkedBy: { readonly sequence: number; readonly place: number };
}

/**
 * Rates parked uses by their current terms, at the prices of their own times; or parks them again
 * for the next missing thing. A use is left alone unless its mark names the parking that was looked
 * at: whatever releases it, and how often, it is rated once.
 * @throws AllKnown if none of them is parked there any more
 */
export function recycleUses(
  payer: Payer,
  { partyId, uses }: RecycleUses,
  { found }: Pick<DecisionContext, 'found'>,
): Decided {
  const seen = new Set<string>();
  const parked = uses.filter(({ use: { usageId }, parkedBy: { sequence, place } }) => {
    if (seen.has(usageId) || found(markKeyOf(usageId)) !== parkedMark(sequence, place)) return false;
    seen.add(usageId);
    return true;
  });
  if (parked.length === 0) throw new AllKnown(0);
  return ratedOrParked(payer, partyId, parked);
}
