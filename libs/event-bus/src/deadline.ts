import { LogUnavailable } from '@tokengrid/event-store';

/** Why a wait is ended that nobody asks the reason of: without one, Node makes an exception with a stack each time. */
export const waitIsOver = 'the wait is over';

/**
 * What `work` gives, if it does so in time. The work itself goes on; what it gives later is dropped.
 * @throws LogUnavailable saying `otherwise`
 */
export async function within<Result>(milliseconds: number, work: Promise<Result>, otherwise: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailable(otherwise)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Milliseconds until the next whole multiple of a period by the monotonic clock, for waits that are repeated while nothing happens: all of
 * a process end together then, so that it wakes once for them, and what is asked anew is asked in one request. An eighth of the period
 * longer at most: where the next multiple is so near, it is the one after that.
 */
export function untilBeat(periodMs: number): number {
  if (periodMs <= 0) return 0;
  const leftMs = periodMs - (performance.now() % periodMs);
  return Math.ceil(leftMs < periodMs / 8 ? leftMs + periodMs : leftMs);
}
