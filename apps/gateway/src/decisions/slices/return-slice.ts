import { type EdgeEvent, type ServedUse, SliceReturned } from '@tokengrid/contracts';
import { type OfSlice, ownSlice, SliceGone } from '../rules/own-slice.ts';
import { type Edge, type EdgeSlice, edgeSlice } from '../state/edge.ts';
import { reportsOf } from './serve-uses.ts';

/** A slice is not spent any more. */
export interface ReturnSlice extends OfSlice {
  readonly reason: 'idle' | 'recalled' | 'ended' | 'successor';
  /** Uses of it that are not reported yet. */
  readonly uses: readonly ServedUse[];
}

/**
 * Gives a slice back, after its last uses. A successor has a higher epoch than the process that it
 * follows; whatever that one says from then on is refused.
 * @throws SliceGone for a slice that was given back
 */
export function returnSlice(edge: Edge, { reason, uses, ...of }: ReturnSlice): readonly EdgeEvent[] {
  const { sliceId, partyId, gatewayId, epoch } = of;
  const slice = reason === 'successor' ? sliceOfDead(edge, of) : ownSlice(edge, of);
  const reported = reportsOf(of, slice.report, uses);
  const reports = slice.report + reported.length;
  return [...reported, SliceReturned({ sliceId, partyId, gatewayId, epoch, reports, reason })];
}

/** @throws SliceGone for one that was given back, or whose process is not followed by this epoch */
function sliceOfDead(edge: Edge, { sliceId, gatewayId, epoch }: OfSlice): EdgeSlice {
  const slice = edgeSlice(edge, sliceId);
  if (slice?.gatewayId !== gatewayId || slice.epoch >= epoch) throw new SliceGone(sliceId);
  return slice;
}
