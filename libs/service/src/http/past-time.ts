import { setTimeout as passing } from 'node:timers/promises';

/** Tolerance for a correct caller's clock, which may be some milliseconds ahead of Postgres'. */
const mostAheadMs = 1000;

/**
 * True if a time has come by the service's clock. A time within the next second is waited for:
 * "now" by a caller's faster clock means now.
 */
export async function hasCome(clock: { now(): number }, time: number): Promise<boolean> {
  const aheadMs = time - clock.now();
  if (aheadMs <= 0) return true;
  if (aheadMs > mostAheadMs) return false;
  await passing(aheadMs);
  return true;
}
