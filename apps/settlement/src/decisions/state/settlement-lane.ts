import type { EventsOf, SettlementEvent, settlementLaneEvents } from '@tokengrid/contracts';
import type { Aggregate } from '@tokengrid/kernel';
import { type Day, type DayRange, withDay } from './days.ts';
import { noTotals, type Totals, withUse } from './totals.ts';

/**
 * A lane's part of the books: its accruals to open periods, and its closed days. Bounded: an open
 * day is one entry, and closed days are kept as ranges.
 */
export interface SettlementLane {
  readonly open: ReadonlyMap<Day, Totals>;
  readonly closed: readonly DayRange[];
}

function evolve(lane: SettlementLane, event: EventsOf<typeof settlementLaneEvents>): SettlementLane {
  switch (event.type) {
    case 'UsageAccrued': {
      const { period } = event.data;
      return { ...lane, open: new Map(lane.open).set(period, withUse(lane.open.get(period) ?? noTotals, event.data)) };
    }
    case 'LaneClosed': {
      const open = new Map(lane.open);
      open.delete(event.data.period);
      return { open, closed: withDay(lane.closed, event.data.period) };
    }
  }
}

/** The lane's own stream, `systemStreamId(lane, lanes)`. */
export const settlementLane: Aggregate<SettlementLane, SettlementEvent> = {
  name: 'settlement-lane',
  stateVersion: 1,
  initial: { open: new Map(), closed: [] },
  evolve,
};
