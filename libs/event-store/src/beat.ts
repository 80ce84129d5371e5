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
