import type { EdgeEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** An open slice of a payer, at one process of the gateway. */
export interface EdgeSlice {
  readonly sliceId: string;
  readonly gatewayId: string;
  readonly epoch: number;
  /** Its last request. */
  readonly number: number;
  /** Its last report; 0 before the first. */
  readonly report: number;
}

/** A payer at the network's edge: its open slices, the oldest first. */
export interface Edge {
  readonly slices: readonly EdgeSlice[];
}

/** The open slice of an id. */
export const edgeSlice = ({ slices }: Edge, sliceId: string): EdgeSlice | undefined =>
  slices.find((slice) => slice.sliceId === sliceId);

function evolve(edge: Edge, event: EdgeEvent): Edge {
  switch (event.type) {
    case 'SliceWanted': {
      const { sliceId, gatewayId, epoch, number } = event.data;
      if (number > 1) return changed(edge, sliceId, { number });
      return { slices: [...edge.slices, { sliceId, gatewayId, epoch, number, report: 0 }] };
    }
    case 'UsesServed':
      return changed(edge, event.data.sliceId, { report: event.data.report });
    case 'SliceReturned':
      return { slices: edge.slices.filter(({ sliceId }) => sliceId !== event.data.sliceId) };
  }
}

const changed = ({ slices }: Edge, sliceId: string, change: Partial<EdgeSlice>): Edge => ({
  slices: slices.map((slice) => (slice.sliceId === sliceId ? { ...slice, ...change } : slice)),
});

/** Streams named `edge-<partyId>`. */
export const edge: Aggregate<Edge, EdgeEvent> = { name: 'edge', stateVersion: 1, initial: { slices: [] }, evolve };

/** Stream of a payer at the network's edge. */
export const edgeStreamOf = (partyId: string): string => `edge-${partyId}`;
