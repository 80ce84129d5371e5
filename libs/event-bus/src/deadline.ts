import { LogUnavailable } from '@tokengrid/event-store';

/** Shared abort reason: without one, Node builds an error with a stack for each wait. */
export const waitIsOver = 'the wait was aborted';

/**
 * Result of `work`, if it comes in time. The work itself continues; its late result is dropped.
 * @throws LogUnavailable with the message `otherwise`
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
 * Milliseconds until the next multiple of a period by the monotonic clock, for repeated waits
 * without news: all waits of a process end together, so that it wakes once and asks in one request.
 * At most an eighth of a period longer: a multiple nearer than that is skipped.
 */
export function untilBeat(periodMs: number): number {
  if (periodMs <= 0) return 0;
  const leftMs = periodMs - (performance.now() % periodMs);
  return Math.ceil(leftMs < periodMs / 8 ? leftMs + periodMs : leftMs);
}
