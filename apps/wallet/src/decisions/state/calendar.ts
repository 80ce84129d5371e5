import type { DecisionContext } from '@tokengrid/kernel';

/** A day in the operator's zone, as in events; limits by day and month count by it. */
export interface OnDay {
  readonly day: string;
  readonly timeZone: string;
}

/** The day of a decision, by the lane's time. */
export const onDay = ({ calendar, time }: Pick<DecisionContext, 'calendar' | 'time'>): OnDay => ({
  day: calendar.dayOf(time),
  timeZone: calendar.timeZone,
});
