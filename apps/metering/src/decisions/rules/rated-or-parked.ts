import { type ParkedUse, type RatedUse, type Units, UsageParked, UsageRated } from '@tokengrid/contracts';
import type { Payer, Use } from '../state/payer.ts';
import { noPeriods, withUses } from '../state/periods.ts';
import { withTaken } from '../state/slices.ts';
import { chargeIdOf } from './charge-id.ts';
import type { Counting } from './counting.ts';
import type { Decided } from './decided.ts';
import { correction, rate } from './rating.ts';
import type { Terms } from './terms.ts';

/** A use, and its terms when they were looked up. */
export interface UseOnTerms {
  readonly use: Use;
  readonly terms: Terms;
  /** Units of it that were set aside for its slice. */
  readonly free?: Units | undefined;
}

/**
 * Rates or parks uses of one payer, at the first attempt and every later one. They are rated in
 * their order: each counts for the following ones.
 */
export function ratedOrParked(payer: Payer, partyId: string, uses: readonly UseOnTerms[]): Decided {
  const rated: RatedUse[] = [];
  const parked: ParkedUse[] = [];
  let after = payer;
  for (const each of uses) {
    const result = rateOrPark(after, each);
    if ('waitsFor' in result) parked.push(result);
    else {
      rated.push(result);
      after = withTaken(withUses(after, [result]), [result]);
    }
  }
  const events: Decided[number][] = rated.length > 0 ? [UsageRated({ partyId, uses: rated })] : [];
  if (parked.length > 0) events.push(UsageParked({ partyId, uses: parked }));
  return events;
}

/** Rates a use, or says what it waits for. */
export function rateOrPark(payer: Counting, { use, terms, free }: UseOnTerms): RatedUse | ParkedUse {
  const rating = terms.known ? rate({ ...use, free }, terms, payer) : terms;
  if ('waitsFor' in rating) return { ...use, waitsFor: rating.waitsFor };
  return { ...use, chargeId: chargeIdOf(use.usageId), ...rating };
}

/** Whether nothing but a correction lets a parked use be rated. */
export const waitsForCorrection = (waitsFor: string): boolean => waitsFor.startsWith(correction);

/**
 * Whether a parked use would only be parked again for the same thing. One that needs a correction
 * waits for that, whatever arrives.
 */
export function stillWaits(each: UseOnTerms, waitsFor: string): boolean {
  if (waitsForCorrection(waitsFor)) return true;
  const result = rateOrPark(noPeriods, each);
  return 'waitsFor' in result && result.waitsFor === waitsFor;
}
