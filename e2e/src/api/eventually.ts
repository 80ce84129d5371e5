import { setTimeout as passing } from 'node:timers/promises';
import type { Answer } from './client.ts';

const lookEveryMs = 25;

/**
 * Repeats a request until an answer fits.
 * @throws Error with the last answer after the time limit
 */
export async function eventually(
  ask: () => Promise<Answer>,
  fits: (answer: Answer) => boolean,
  timeoutMs = 20_000,
): Promise<Answer> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > deadline) {
      throw new Error(
        `no answer fitted within ${timeoutMs} ms; the last: ${answer.status} ${JSON.stringify(answer.body)}`,
      );
    }
    await passing(lookEveryMs);
  }
}

export const hasStatus = (status: number) => (answer: Answer) => answer.status === status;

/** A service that is ready, and not degraded: a broker may answer late on a busy machine. */
export const isReady = ({ body }: Answer) => body['status'] === 'ready';
