import { least } from '../state/lots.ts';

/** What a slice is granted of. */
export interface SliceSize {
  /** µAIT that the gateway wants. */
  readonly wanted: bigint;
  /** µAIT of which one request at least can be served. */
  readonly atLeast: bigint;
  /** µAIT that the wallet has for the slice, within all limits. */
  readonly available: bigint;
  /** Processes of the gateway that have a slice of the wallet, this one included. */
  readonly gateways: bigint;
}

/** Most of what is available that one slice gets, as a part of it: 5 %. */
const partOfAvailable = 20n;

/**
 * µAIT that a slice gets: what is wanted, at most 5 % of what is available. Where that is too
 * little for a request, the wallet is nearly empty: then it is shared between the processes, twice
 * over, and a request's worth is given whole as long as there is one.
 */
export function sliceGranted({ wanted, atLeast, available, gateways }: SliceSize): bigint {
  const part = available / partOfAvailable;
  const cap = part >= atLeast ? part : most(atLeast, available / (2n * gateways));
  return least(wanted, least(available, most(cap, 1n)));
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
