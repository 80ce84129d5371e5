import { setTimeout as passing } from 'node:timers/promises';

/** Time limit of a spec's waits, and their polling interval. */
const patienceMs = 20_000;
const lookEveryMs = 20;

/** Waits until a look returns something, and returns that. @throws Error after the time limit */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await passing(lookEveryMs)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`it did not come true within ${patienceMs} ms: ${look}`);
}
