/** Time of a subscription, epoch milliseconds; `until` is null while it lasts. */
export interface SubscribedTime {
  readonly from: number;
  readonly until: number | null;
}

/** A period of a subscription: a month, or the part of it that was subscribed. */
export interface SubscriptionPeriod {
  readonly from: number;
  /** End of the period: of its month, or of the subscription if that is earlier. */
  readonly until: number;
  /** Start and end of the whole month: an amount per period is for these. */
  readonly monthFrom: number;
  readonly monthUntil: number;
}

/**
 * The period of a subscription that contains a time. Months begin at the day and time of day of the
 * subscription's start, in UTC; a month without that day begins on its last one. What was before
 * the start is in the first period, what is behind the end in the last.
 */
export function subscriptionPeriodAt({ from, until }: SubscribedTime, time: number): SubscriptionPeriod {
  // An empty subscription has one empty period.
  const last = until === null ? time : Math.min(time, Math.max(until - 1, from));
  const at = Math.max(last, from);
  let months = monthsBetween(from, at);
  if (monthsAfter(from, months) > at) months -= 1;
  const [monthFrom, monthUntil] = [monthsAfter(from, months), monthsAfter(from, months + 1)];
  return { from: monthFrom, until: Math.min(monthUntil, Math.max(until ?? monthUntil, from)), monthFrom, monthUntil };
}

/** Calendar months from one time to another, whatever their days are. */
function monthsBetween(from: number, to: number): number {
  const [one, other] = [new Date(from), new Date(to)];
  return (other.getUTCFullYear() - one.getUTCFullYear()) * 12 + other.getUTCMonth() - one.getUTCMonth();
}

/** The same day and time of day some months later, or the last day of a shorter month. */
function monthsAfter(from: number, months: number): number {
  const start = new Date(from);
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDay = from - Date.UTC(year, start.getUTCMonth(), start.getUTCDate());
  return Date.UTC(year, month, Math.min(start.getUTCDate(), lastDay)) + timeOfDay;
}
