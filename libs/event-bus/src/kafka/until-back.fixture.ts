import { LogUnavailable } from '@tokengrid/event-store';

/** Repeats a call until it succeeds; anything but an outage is an error. */
export async function untilBack<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
}
