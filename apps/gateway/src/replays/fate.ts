/** A request under an Idempotency-Key, as the gateway's Postgres knows it at one moment. */
export interface KnownRequest {
  readonly requestId: string;
  readonly inputHash: string;
  /** True once its answer has come to an end, whether or not it is kept. */
  readonly hasEnded: boolean;
  /** True if it ended so long ago that its use would be stored by now. */
  readonly endedLongAgo: boolean;
  /** True if its answer can be sent again. */
  readonly isKept: boolean;
  /** True if its answer had no use to be stored. */
  readonly costsNothing: boolean;
  /** True if its use is stored, as its process or a successor reported it. */
  readonly isCharged: boolean;
  /** True if its process holds its lease. */
  readonly isLiving: boolean;
  /** True if slices of its process are not given back: uses may still be reported for it. */
  readonly hasSlices: boolean;
}

/** What becomes of a repeat. */
export type Fate =
  /** The first one's answer is sent again. */
  | 'answered'
  /** It was charged, and its answer is gone: it is not served again. */
  | 'not-kept'
  /** It was not charged, and never will be: the repeat is served in its place. */
  | 'abandoned'
  | 'in-flight';

/**
 * What becomes of a repeat of a request. It takes the first one's place only where no use can be
 * stored for it any more: its process is dead and its slices are given back.
 */
export function fateOf(known: KnownRequest): Fate {
  const { hasEnded, endedLongAgo, isKept, costsNothing, isCharged, isLiving, hasSlices } = known;
  const isOver = !isLiving && !hasSlices;
  if (hasEnded && costsNothing) return isKept ? 'answered' : 'abandoned';
  if (isCharged) {
    if (isKept) return 'answered';
    // A use that a recalled slice reports is stored before its answer comes to its end.
    return hasEnded || isOver ? 'not-kept' : 'in-flight';
  }
  return isOver || (hasEnded && endedLongAgo) ? 'abandoned' : 'in-flight';
}
