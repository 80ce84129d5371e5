import { setTimeout as passing } from 'node:timers/promises';
import type { Answer, Client } from '../api/client.ts';

const retryMs = 50;
const patienceMs = 120_000;

/** Answers without an outcome, after which a client asks again with the same key. */
const isNoOutcome = ({ status, headers, body }: Answer): boolean =>
  (status === 202 && headers.has('location')) ||
  status === 503 ||
  status === 502 ||
  body['code'] === 'IDEMPOTENCY_KEY_IN_FLIGHT';

/**
 * Sends a command with one key until it is answered: to one process and, after a broken connection
 * or an answer without an outcome, to the other.
 * @throws Error after the time limit
 */
export async function untilAnswered(
  processes: () => readonly Client[],
  first: number,
  send: (process: Client) => Promise<Answer>,
): Promise<Answer> {
  const deadline = performance.now() + patienceMs;
  for (let attempt = first; ; attempt++) {
    const all = processes();
    const answer = await send(all[attempt % all.length]!).catch(() => undefined);
    if (answer && !isNoOutcome(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`no outcome within ${patienceMs} ms`);
    await passing(retryMs);
  }
}
