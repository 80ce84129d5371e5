import { SliceClosed } from '@tokengrid/contracts';
import { type DecisionContext, NotYet } from '@tokengrid/kernel';
import type { Decided } from '../rules/decided.ts';
import { AllKnown } from '../rules/marks.ts';
import type { Payer } from '../state/payer.ts';
import { type OpenSlice, openSlice } from '../state/slices.ts';

/** The end of a slice: given back, never granted, or by the clock. */
export type CloseSlice = { readonly partyId: string; readonly sliceId: string } & (
  | { readonly reason: 'returned'; readonly reports: number }
  | { readonly reason: 'refused' }
  | { readonly reason: 'expired' }
);

/**
 * Closes a slice: one that is given back once all of its reports are rated, one that the wallet
 * refused at once, and any at the end of its grace.
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
      return [closed(asked, open)];
    case 'refused':
      return [closed(asked, open)];
    case 'expired':
      if (!isDue) throw new AllKnown(0);
      return [closed(asked, open)];
  }
}

function closed({ partyId, reason }: CloseSlice, { sliceId, gatewayId, epoch, report, lastCharged }: OpenSlice) {
  return SliceClosed({ sliceId, partyId, gatewayId, epoch, reports: report, lastCharged, reason });
}
