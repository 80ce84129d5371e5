import { SliceReported } from '@tokengrid/contracts';
import { type DecisionContext, NotYet } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { AllKnown, markKeyOf, sequenceOfMark } from '../rules/marks.ts';
import { ratedOrParked, type UseOnTerms } from '../rules/rated-or-parked.ts';
import type { Payer } from '../state/payer.ts';
import { openSlice } from '../state/slices.ts';

/** A report of a slice: its uses, with their terms. */
export interface RateServed {
  readonly partyId: string;
  readonly sliceId: string;
  readonly report: number;
  readonly uses: readonly UseOnTerms[];
}

/**
 * Rates the uses of a report, in the order of the slice's reports. From the end of the slice on,
 * reports come in any order: the marks of their uses tell which are rated.
 * @throws AllKnown for a report that was rated; NotYet for one ahead of the next
 */
export function rateServed(
  payer: Payer,
  { partyId, sliceId, report, uses }: RateServed,
  { time, found }: Pick<DecisionContext, 'time' | 'found'>,
): Decided {
  const open = openSlice(payer, sliceId);
  if (open && time < open.closesAt) {
    if (report <= open.report) throw new AllKnown(0);
    if (report > open.report + 1) throw new NotYet(`report ${open.report + 1} of ${sliceId} is not here yet`);
  }
  const marks = uses.map(({ use }) => found(markKeyOf(use.usageId)));
  const isFirst = ({ use }: UseOnTerms, index: number) =>
    uses.findIndex((other) => other.use.usageId === use.usageId) === index;
  const fresh = uses.filter((each, index) => marks[index] === undefined && isFirst(each, index));
  if (fresh.length > 0) return ratedOrParked(payer, partyId, fresh);
  if (open && report > open.report) return [SliceReported({ partyId, sliceId, report })];
  throw new AllKnown(Math.max(...marks.map((mark) => (mark === undefined ? 0 : sequenceOfMark(mark)))));
}
