/** When something is to take effect, and after what. Epoch milliseconds. */
export interface WantedEffect {
  /** What was asked for; a time that has passed means now. */
  readonly wanted: number | undefined;
  /** When the version before takes effect; `undefined` where there is none. */
  readonly after: number | undefined;
  readonly now: number;
}

/**
 * Prices this close after one another were all meant for now, and follow each other millisecond by
 * millisecond.
 */
const togetherMs = 1000;

/**
 * When new prices take effect: when they are asked to, never in the past, and always after the ones
 * before, so that at any time one version is in force and no price that was in force ever changes.
 * `undefined` where the version before is scheduled for then or later.
 */
export function effectiveTime({ wanted, after, now }: WantedEffect): number | undefined {
  const time = Math.max(wanted ?? now, now);
  if (after === undefined || time > after) return time;
  return after < now + togetherMs ? after + 1 : undefined;
}
