import type { FeesEvent, WalletEvent } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';

/** Stream of the orders to retire the operator's fees. */
export const feesStreamId = 'fees';

/** µAIT ordered to be retired so far, by lane. */
export interface Fees {
  readonly ordered: ReadonlyMap<number, bigint>;
}

export const fees: Aggregate<Fees, WalletEvent> = {
  name: 'fees',
  stateVersion: 1,
  initial: { ordered: new Map() },
  evolve,
};

function evolve(state: Fees, event: FeesEvent): Fees {
  switch (event.type) {
    case 'FeesRetirementOrdered': {
      const ordered = new Map(state.ordered);
      for (const { lane, tokens } of event.data.lanes) ordered.set(lane, (ordered.get(lane) ?? 0n) + tokens);
      return { ordered };
    }
    case 'FeesRetirementRefused':
      return state;
  }
}
