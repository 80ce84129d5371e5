import { PeriodCloseRefused, PeriodCloseRepeated, PeriodClosing, type SettlementEvent } from '@tokengrid/contracts';
import type { DecisionContext } from '@tokengrid/kernel';
import { type Day, dayOf } from './days.ts';
import type { Period } from './period.ts';

/** The day to close; `early` allows the one that is still running. */
export interface ClosePeriod {
  readonly period: Day;
  readonly early: boolean;
}

/**
 * Starts the closing of a day, once: asking again changes nothing and is not an error. A day that has not begun can't be closed, and
 * the running day only on purpose, because its later usage will count for the next.
 */
export function closePeriod(
  { status }: Period,
  { period, early }: ClosePeriod,
  { time, lanes }: DecisionContext,
): readonly SettlementEvent[] {
  if (status === 'closing') return [PeriodCloseRepeated({ period })];
  const today = dayOf(time);
  if (period > today) {
    const detail = `${period} has not begun: today is ${today} in UTC`;
    return [PeriodCloseRefused({ period, code: 'PERIOD.NOT_BEGUN', detail })];
  }
  if (period === today && !early) {
    const detail = `${period} is still running; "early": true closes it now, and its later usage counts for the next day`;
    return [PeriodCloseRefused({ period, code: 'PERIOD.STILL_RUNNING', detail })];
  }
  return [PeriodClosing({ period, lanes, early: period === today })];
}
