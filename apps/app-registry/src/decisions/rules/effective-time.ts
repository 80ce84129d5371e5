/** Wanted time of effect, and the bounds of it. Epoch milliseconds. */
export interface WantedEffect {
  /** Requested time; too early a one means the earliest. */
  readonly wanted: number | undefined;
  /** Time of the previous version; `undefined` without one. */
  readonly after: number | undefined;
  readonly now: number;
  /** Least time ahead, of all but the first. */
  readonly noticeMs: number;
}

/**
 * Prices within this time of each other were all meant for the earliest time, and follow one
 * another by a millisecond.
 */
const togetherMs = 1000;

/**
 * Time from which new prices are in force: the requested one, but the first never in the past, and
 * the next ones the notice ahead and after the previous prices, so that one version is in force at
 * any time and no price in force ever changes. `undefined` if the previous version takes effect
 * then or later.
 */
export function effectiveTime({ wanted, after, now, noticeMs }: WantedEffect): number | undefined {
  const earliest = after === undefined ? now : now + noticeMs;
  const time = Math.max(wanted ?? earliest, earliest);
  if (after === undefined || time > after) return time;
  return after < earliest + togetherMs ? after + 1 : undefined;
}
