import type { EventsOf, SettlementEvent, settlementLaneEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import { type Day, type DayRange, withDay } from './days.ts';
import { noTotals, type Totals, withAccrued } from './totals.ts';

/**
 * A lane's part of the books: how far it has followed wallet lanes, its accruals to open periods,
 * and its closed days. Bounded: an open day is one entry, and closed days are kept as ranges.
 */
export interface SettlementLane {
  /** Sequence, by wallet lane, of the last charge that is accrued. */
  readonly accruedTo: ReadonlyMap<number, number>;
  readonly open: ReadonlyMap<Day, Totals>;
  readonly closed: readonly DayRange[];
}

function evolve(lane: SettlementLane, event: EventsOf<typeof settlementLaneEvents>): SettlementLane {
  switch (event.type) {
    case 'UsesAccrued': {
      const { walletLane, to, periods } = event.data;
      const open = new Map(lane.open);
      for (const accrued of periods) {
        open.set(accrued.period, withAccrued(open.get(accrued.period) ?? noTotals, walletLane, accrued));
      }
      return { ...lane, accruedTo: new Map(lane.accruedTo).set(walletLane, to), open };
    }
    case 'LaneClosed': {
      const open = new Map(lane.open);
      open.delete(event.data.period);
      return { ...lane, open, closed: withDay(lane.closed, event.data.period) };
    }
  }
}

/** The lane's own stream, `systemStreamId(lane, lanes)`. */
export const settlementLane: Aggregate<SettlementLane, SettlementEvent> = {
  name: 'settlement-lane',
  stateVersion: 2,
  initial: { accruedTo: new Map(), open: new Map(), closed: [] },
  evolve,
};
