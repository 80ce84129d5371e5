import { LaneClosed } from '@tokengrid/contracts';
import type { Decided } from '../rules/decided.ts';
import type { Day } from '../state/days.ts';
import { firstDayOutside } from '../state/days.ts';
import type { SettlementLane } from '../state/settlement-lane.ts';
import { listed, noTotals } from '../state/totals.ts';

/** The closing period. */
export interface CloseLane {
  readonly period: Day;
  readonly timeZone: string;
}

/** Closes a period in one lane, and reports the lane's accruals to it, perhaps none. */
export function closeLane(lane: SettlementLane, { period, timeZone }: CloseLane): Decided {
  if (firstDayOutside(lane.closed, period) !== period) throw new Error(`the lane has closed ${period} already`);
  return [LaneClosed({ period, timeZone, ...listed(lane.open.get(period) ?? noTotals) })];
}
