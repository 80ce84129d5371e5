import { type EdgeEvent, type SliceUse, SliceWanted } from '@tokengrid/contracts';
import { type OfSlice, ownSlice } from '../rules/own-slice.ts';
import { type Edge, edgeSlice } from '../state/edge.ts';

/** A process asks for tokens of a payer, or renews what it has. */
export interface WantSlice extends OfSlice {
  /** Request of the slice: 1 begins it, 2, 3 … renew it. */
  readonly number: number;
  /** The payer's API key whose caps bind it. */
  readonly key?: string | undefined;
  readonly scope: readonly SliceUse[];
  /** µAIT wanted, needed by one request at least, and not needed any more. */
  readonly tokens: bigint;
  readonly atLeast: bigint;
  readonly spare: bigint;
}

/** Most open slices of a payer here, of all processes and keys: its state is bounded. */
export const mostEdgeSlices = 256;

/** A payer has too many open slices for another one. */
export class TooManySlices extends Error {
  override readonly name = 'TooManySlices';
}

/**
 * Asks for a slice, or for its renewal, in the order of its requests.
 * @throws SliceGone for a slice that was given back; TooManySlices; RangeError for a request out of
 * turn
 */
export function wantSlice(edge: Edge, { key, scope, ...wanted }: WantSlice): readonly EdgeEvent[] {
  const { sliceId, number } = wanted;
  const before = number === 1 ? (edgeSlice(edge, sliceId)?.number ?? 0) : ownSlice(edge, wanted).number;
  if (number !== before + 1) throw new RangeError(`request ${number} of ${sliceId} follows ${before}`);
  if (number === 1 && edge.slices.length >= mostEdgeSlices) {
    throw new TooManySlices(`${edge.slices.length} slices are open`);
  }
  return [SliceWanted({ ...wanted, ...(key !== undefined && { key }), scope: [...scope] })];
}
