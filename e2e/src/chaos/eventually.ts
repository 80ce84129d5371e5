import { setTimeout as passing } from 'node:timers/promises';

const lookEveryMs = 20;

/** Waits until a condition holds. @throws Error that says for what, when it does not in time. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await passing(lookEveryMs);
  }
}
