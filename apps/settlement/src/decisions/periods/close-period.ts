import { PeriodCloseRefused, PeriodCloseRepeated, PeriodClosing } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Day } from '../state/days.ts';
import type { Period } from '../state/period.ts';
import type { Decided } from '../rules/decided.ts';

/** The day to close; `early` allows the one that usage accrues to now. */
export interface ClosePeriod {
  readonly period: Day;
  readonly early: boolean;
  /**
   * The day that usage of now accrues to: today, or the first day after it that nobody has closed.
   */
  readonly accruingTo: Day;
}

/**
 * Starts the closing of a day, once: asking again changes nothing and is not an error. The running
 * day can be closed only on purpose, because its later usage will count for the next. So will that
 * next day's, which may have usage before it begins: it too can be closed on purpose. No other day
 * that has not begun can.
 */
export function closePeriod(
  { status }: Period,
  { period, early, accruingTo }: ClosePeriod,
  { time, calendar, lanes }: DecisionContext,
): Decided<'closePeriod'> {
  const { timeZone } = calendar;
  if (status === 'closing') return [PeriodCloseRepeated({ period, timeZone })];
  const today = calendar.dayOf(time);
  const asked = { period, timeZone, today, accruingTo };
  if (period > today && !(early && period === accruingTo)) {
    return [PeriodCloseRefused({ ...asked, code: 'SETTLEMENT.PERIOD_NOT_BEGUN' })];
  }
  if (period === today && !early) return [PeriodCloseRefused({ ...asked, code: 'SETTLEMENT.PERIOD_STILL_RUNNING' })];
  return [PeriodClosing({ period, timeZone, lanes, early: period >= today })];
}
