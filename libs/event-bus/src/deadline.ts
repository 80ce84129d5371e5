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
