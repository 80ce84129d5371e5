import { LogUnavailable } from '@tokengrid/event-store';

/** Makes a call again and again until it succeeds; anything but an outage is an error. */
export async function untilBack<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
}
