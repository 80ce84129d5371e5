import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Growth between two looks that is that of a live process. */
const sameWithinBytes = 2 ** 20;
/** Maximum number of looks for one figure. */
const maxLooks = 5;

/** Bytes in use after a collection. */
function look(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * Bytes that this process holds: the smallest of several looks, until one shows no less. One
 * collection leaves dead buffers behind, which V8 sweeps on another thread and counts until the
 * next. The size of the process depends on the time of the last collection.
 *
 * @param known bytes held before: for no more than those, one look is enough
 */
async function heldBytes(known = 0): Promise<number> {
  let held = look();
  for (let looks = 1; looks < maxLooks && held > known + sameWithinBytes; looks++) {
    // Callbacks of freed buffers run between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    const next = look();
    if (next > held - sameWithinBytes) return Math.min(held, next);
    held = next;
  }
  return held;
}

/** Reads a body to its end. @returns its size, and the largest growth of what is held meanwhile */
export async function readFlat(body: Response['body']): Promise<{ readonly size: number; readonly held: number }> {
  // Locked at once: fetch cancels a free body as soon as its response is collected.
  const chunks = body!.values();
  const before = await heldBytes();
  let [size, held, lookAt] = [0, 0, 0];
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size < lookAt) continue;
    held = Math.max(held, (await heldBytes(before + held)) - before);
    lookAt = size + lookEvery;
  }
  return { size, held };
}

/** Bytes between two looks at what is held. */
const lookEvery = 16 * 2 ** 20;
