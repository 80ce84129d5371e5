import { type EventOf, type SettlementEvent, UsageAccrued } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { firstDayOutside } from '../state/days.ts';
import type { SettlementLane } from '../state/settlement-lane.ts';

/** A billed use: who paid how much, who shares it, and in whose escrow it lies. */
export type AccrueUsage = Omit<EventOf<typeof UsageAccrued>['data'], 'period' | 'timeZone' | 'lateFor'>;

/**
 * Accrues a billed use to the day it was used on, while that day is open in this lane; else to the
 * first open day after it, and says for which day it came late. It never goes back: a day once
 * closed has told its totals.
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
