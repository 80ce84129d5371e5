import { type EventOf, type SettlementEvent, UsageAccrued } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { firstDayOutside } from '../state/days.ts';
import type { SettlementLane } from '../state/settlement-lane.ts';

/** A billed use: payer, amount, shares, and the escrow that holds them. */
export type AccrueUsage = Omit<EventOf<typeof UsageAccrued>['data'], 'period' | 'timeZone' | 'lateFor'>;

/**
 * Accrues a billed use to its day while that day is open in this lane; otherwise to the first open
 * day after it, with the late day stated. It never goes back: a closed day has reported its totals.
 */
export function accrueUsage(
  lane: SettlementLane,
  use: AccrueUsage,
  { calendar }: DecisionContext,
): readonly SettlementEvent[] {
  const day = calendar.dayOf(Date.parse(use.time));
  const period = firstDayOutside(lane.closed, day);
  return [UsageAccrued({ ...use, period, timeZone: calendar.timeZone, ...(period === day ? {} : { lateFor: day }) })];
}
