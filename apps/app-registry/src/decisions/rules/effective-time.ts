/** Wanted time of effect, and the bounds of it. Epoch milliseconds. */
export interface WantedEffect {
  /** Requested time; a past time means now. */
  readonly wanted: number | undefined;
  /** Time of the previous version; `undefined` without one. */
  readonly after: number | undefined;
  readonly now: number;
}

/**
 * Prices within this time of each other were all meant for now, and follow one another by a
 * millisecond.
 */
const togetherMs = 1000;

/**
 * Time from which new prices are in force: the requested one, but never in the past and always
 * after the previous prices, so that one version is in force at any time and no price in force ever
 * changes. `undefined` if the previous version takes effect then or later.
 */
export function effectiveTime({ wanted, after, now }: WantedEffect): number | undefined {
  const time = Math.max(wanted ?? now, now);
  if (after === undefined || time > after) return time;
  return after < now + togetherMs ? after + 1 : undefined;
}
