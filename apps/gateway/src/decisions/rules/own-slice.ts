import { type Edge, type EdgeSlice, edgeSlice } from '../state/edge.ts';

/** A slice, and the process that speaks of it. */
export interface OfSlice {
  readonly sliceId: string;
  readonly partyId: string;
  readonly gatewayId: string;
  readonly epoch: number;
}

/** A slice that the process has no more: it was given back, perhaps by a successor. */
export class SliceGone extends Error {
  override readonly name = 'SliceGone';
  constructor(readonly sliceId: string) {
    super(`${sliceId} is not open: it was given back`);
  }
}

/**
 * An open slice of the process that speaks.
 * @throws SliceGone for one that was given back, or is another process'
 */
export function ownSlice(edge: Edge, { sliceId, gatewayId, epoch }: OfSlice): EdgeSlice {
  const slice = edgeSlice(edge, sliceId);
  if (slice?.gatewayId !== gatewayId || slice.epoch !== epoch) throw new SliceGone(sliceId);
  return slice;
}
