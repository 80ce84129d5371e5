import { type ParkedUse, type RatedUse, UsageParked, UsageRated } from '@tokengrid/contracts';
import type { Use } from '../state/payer.ts';
import type { Decided } from './decided.ts';
import { rate } from './rating.ts';
import type { Terms } from './terms.ts';

/** A use, and its terms when they were looked up. */
export interface UseOnTerms {
  readonly use: Use;
  readonly terms: Terms;
}

/** Rates or parks uses of one payer, at the first attempt and every later one. */
export function ratedOrParked(partyId: string, uses: readonly UseOnTerms[]): Decided {
  const rated: RatedUse[] = [];
  const parked: ParkedUse[] = [];
  for (const each of uses) {
    const result = rateOrPark(each);
    if ('waitsFor' in result) parked.push(result);
    else rated.push(result);
  }
  const events: Decided[number][] = [];
  if (rated.length > 0) events.push(UsageRated({ partyId, uses: rated }));
  if (parked.length > 0) events.push(UsageParked({ partyId, uses: parked }));
  return events;
}

/** Rates a use, or says what it waits for. */
export function rateOrPark({ use, terms }: UseOnTerms): RatedUse | ParkedUse {
  const rating = terms.known ? rate(use.units, terms) : terms;
  if ('waitsFor' in rating) return { ...use, waitsFor: rating.waitsFor };
  return { ...use, chargeId: chargeIdOf(use.usageId), ...rating };
}

/** Id of a use's only charge, with the use's own suffix. */
export function chargeIdOf(usageId: string): string {
  return `chg_${usageId.slice('usg_'.length)}`;
}
