import { setTimeout as passing } from 'node:timers/promises';

/** A caller's clock that is right is still some milliseconds ahead of Postgres' at times. */
const mostAheadMs = 1000;

/**
 * Whether a time that a caller asks about has come by the service's clock. One that comes within a second is waited for: who asks about
 * "now" means now, whichever clock is the faster one.
 */
export async function hasCome(clock: { now(): number }, time: number): Promise<boolean> {
  const aheadMs = time - clock.now();
  if (aheadMs <= 0) return true;
  if (aheadMs > mostAheadMs) return false;
  await passing(aheadMs);
  return true;
}
