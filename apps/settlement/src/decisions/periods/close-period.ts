import { PeriodCloseRefused, PeriodCloseRepeated, PeriodClosing, type SettlementEvent } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Day } from '../state/days.ts';
import type { Period } from '../state/period.ts';

/** The day to close; `early` allows the one that usage accrues to now. */
export interface ClosePeriod {
  readonly period: Day;
  readonly early: boolean;
  /** The day that usage of now accrues to: today, or the first day after it that nobody has closed. */
  readonly accruingTo: Day;
}

/**
 * Starts the closing of a day, once: asking again changes nothing and is not an error. The running day can be closed only on purpose,
 * because its later usage will count for the next. So will that next day's, which may have usage before it begins: it too can be closed
 * on purpose. No other day that has not begun can.
 */
export function closePeriod(
  { status }: Period,
  { period, early, accruingTo }: ClosePeriod,
  { time, calendar, lanes }: DecisionContext,
): readonly SettlementEvent[] {
  const { timeZone } = calendar;
  if (status === 'closing') return [PeriodCloseRepeated({ period, timeZone })];
  const today = calendar.dayOf(time);
  if (period > today && !(early && period === accruingTo)) {
    const detail = `${period} has not begun: today is ${today} in ${timeZone}, and usage of now counts for ${accruingTo}`;
    return [PeriodCloseRefused({ period, timeZone, code: 'SETTLEMENT.PERIOD_NOT_BEGUN', detail })];
  }
  if (period === today && !early) {
    const detail = `${period} is still running; "early": true closes it now, and its later usage counts for the next day`;
    return [PeriodCloseRefused({ period, timeZone, code: 'SETTLEMENT.PERIOD_STILL_RUNNING', detail })];
  }
  return [PeriodClosing({ period, timeZone, lanes, early: period >= today })];
}
