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
