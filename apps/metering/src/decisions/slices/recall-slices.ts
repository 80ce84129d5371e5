import { type RecallReason, SliceRecalled } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import { AllKnown } from '../rules/marks.ts';
import type { Payer } from '../state/payer.ts';

/** Slices of a payer to call back: some, or those that a key's caps bind. */
export interface RecallSlices {
  readonly partyId: string;
  readonly reason: RecallReason;
  readonly which: { readonly sliceIds: readonly string[] } | { readonly key: string };
}

/**
 * Calls open slices back, each once.
 * @throws AllKnown if none of them is open, or all are called back
 */
export function recallSlices(payer: Payer, { partyId, reason, which }: RecallSlices): Decided {
  const sliceIds = payer.slices
    .filter(({ recalled }) => !recalled)
    .filter(({ sliceId, key }) => ('key' in which ? key === which.key : which.sliceIds.includes(sliceId)))
    .map(({ sliceId }) => sliceId);
  if (sliceIds.length === 0) throw new AllKnown(0);
  return [SliceRecalled({ partyId, sliceIds, reason })];
}
