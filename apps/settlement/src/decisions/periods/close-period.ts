import { PeriodCloseRefused, PeriodCloseRepeated, PeriodClosing } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import type { Day } from '../state/days.ts';
import type { Period } from '../state/period.ts';
import type { Decided } from '../rules/decided.ts';

/** The day to close; `early` allows the currently accruing one. */
export interface ClosePeriod {
  readonly period: Day;
  readonly early: boolean;
  /** The currently accruing day: today, or the first day after it that nobody has closed. */
  readonly accruingTo: Day;
}

/**
 * Starts the closing of a day, once: a repeat changes nothing and is no error. The currently
 * accruing day can be closed only with `early`, because its later usage counts for the next day.
 * That next day may then have usage before it begins and can be closed with `early`, too; no other
 * future day can.
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
