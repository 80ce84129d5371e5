import { SliceClosed, UsageRated } from '@tokengrid/contracts';
import { type DecisionContext, NotYet } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { AllKnown } from '../rules/marks.ts';
import { givenBackBy } from '../rules/set-aside.ts';
import type { CountedPlan } from '../rules/terms.ts';
import type { Payer } from '../state/payer.ts';
import { type OpenSlice, openSlice } from '../state/slices.ts';

/** The end of a slice: given back, never granted, or by the clock. */
export type CloseSlice = {
  readonly partyId: string;
  readonly sliceId: string;
  /** Terms of the periods in which units are set aside for it. */
  readonly plans?: readonly CountedPlan[];
} & (
  | { readonly reason: 'returned'; readonly reports: number }
  | { readonly reason: 'refused' }
  | { readonly reason: 'expired' }
);

/**
 * Closes a slice: one that is given back once all of its reports are rated, one that the wallet
 * refused at once, and any at the end of its grace. What was set aside for it and not used goes
 * back to its periods.
 * @throws AllKnown for a slice that is closed, or not due; NotYet while a report is missing
 */
export function closeSlice(payer: Payer, asked: CloseSlice, { time }: Pick<DecisionContext, 'time'>): Decided {
  const open = openSlice(payer, asked.sliceId);
  if (!open) throw new AllKnown(0);
  const isDue = open.closesAt <= time;
  switch (asked.reason) {
    case 'returned':
      if (open.report < asked.reports && !isDue) {
        throw new NotYet(`${open.sliceId} is rated up to report ${open.report}, not ${asked.reports}`);
      }
      return closed(payer, asked, open, time);
    case 'refused':
      return closed(payer, asked, open, time);
    case 'expired':
      if (!isDue) throw new AllKnown(0);
      return closed(payer, asked, open, time);
  }
}

function closed(payer: Payer, { partyId, reason, plans = [] }: CloseSlice, open: OpenSlice, time: number): Decided {
  const { sliceId, gatewayId, epoch, report: reports, lastCharged } = open;
  const { uses, returned: unused } = givenBackBy(payer, open, plans, time);
  const end = { sliceId, partyId, gatewayId, epoch, reports, lastCharged, reason };
  return [
    ...(uses.length > 0 ? [UsageRated({ partyId, uses })] : []),
    SliceClosed({ ...end, ...(unused.length > 0 && { unused }) }),
  ];
}
