import type { DecisionContext } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { AllKnown, markKeyOf, markSlackMs, repeatsToldMs, sequenceOfMark, TooOld } from '../rules/marks.ts';
import { ratedOrParked, type UseOnTerms } from '../rules/rated-or-parked.ts';
import type { Payer } from '../state/payer.ts';

/** Reported uses of one payer. */
export interface RateUses {
  readonly partyId: string;
  readonly uses: readonly ReportedOnTerms[];
  /** True if the operator reports what is older than repeats are told. */
  readonly isBackfill?: boolean;
}

/** A reported use, and its terms when they were looked up. */
interface ReportedOnTerms extends UseOnTerms {
  /** True if it was found among the payer's uses, however old. */
  readonly isKnown?: boolean;
}

/**
 * Rates reported uses, and parks those that name what is not known. A use that is marked was
 * reported before, and one that comes twice in the command counts once: repeats change nothing.
 * @throws AllKnown if all of them are repeats; TooOld naming those whose repeats could not be told
 */
export function rateUses(
  payer: Payer,
  { partyId, uses, isBackfill = false }: RateUses,
  { time, found }: Pick<DecisionContext, 'time' | 'found'>,
): Decided {
  const seen = new Set<string>();
  let knownUpTo = 0;
  const fresh = uses.filter(({ use, isKnown }) => {
    if (seen.has(use.usageId)) return false;
    seen.add(use.usageId);
    const mark = found(markKeyOf(use.usageId));
    if (mark !== undefined) knownUpTo = Math.max(knownUpTo, sequenceOfMark(mark));
    return mark === undefined && !isKnown;
  });
  if (fresh.length === 0) throw new AllKnown(knownUpTo);
  const earliest = time - repeatsToldMs - markSlackMs;
  const old = isBackfill ? [] : fresh.filter(({ use }) => Date.parse(use.time) < earliest);
  if (old.length > 0) throw new TooOld(old.map(({ use }) => use.usageId));
  return ratedOrParked(payer, partyId, fresh);
}
