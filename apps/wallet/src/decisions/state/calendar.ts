import type { DecisionContext } from '@tokengrid/kernel';

/** The operator's day, as events name it. What limits count by days and months goes by it. */
export interface OnDay {
  readonly day: string;
  readonly timeZone: string;
}

/** The day that a command is decided on, by the lane's time. */
export const onDay = ({ calendar, time }: Pick<DecisionContext, 'calendar' | 'time'>): OnDay => ({
  day: calendar.dayOf(time),
  timeZone: calendar.timeZone,
});
