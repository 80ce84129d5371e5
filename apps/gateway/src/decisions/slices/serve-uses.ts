import { type EdgeEvent, mostUsesOfEvent, type ServedUse, UsesServed } from '@tokengrid/contracts';
import { type OfSlice, ownSlice } from '../rules/own-slice.ts';
import type { Edge } from '../state/edge.ts';

/** Uses that were served out of a slice; at least one. */
export interface ServeUses extends OfSlice {
  readonly uses: readonly ServedUse[];
}

/**
 * Reports uses of a slice, under its next numbers.
 * @throws SliceGone for a slice that was given back: what was served must not be answered
 */
export function serveUses(edge: Edge, { uses, ...of }: ServeUses): readonly EdgeEvent[] {
  return reportsOf(of, ownSlice(edge, of).report, uses);
}

/** Reports of uses after the last report of a slice, each of as many as an event takes. */
export function reportsOf(
  { sliceId, partyId, gatewayId, epoch }: OfSlice,
  last: number,
  uses: readonly ServedUse[],
): readonly EdgeEvent[] {
  const reports: EdgeEvent[] = [];
  for (let from = 0; from < uses.length; from += mostUsesOfEvent) {
    const report = last + reports.length + 1;
    reports.push(
      UsesServed({ sliceId, partyId, gatewayId, epoch, report, uses: uses.slice(from, from + mostUsesOfEvent) }),
    );
  }
  return reports;
}
