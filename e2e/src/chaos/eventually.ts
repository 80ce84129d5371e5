import { setTimeout as passing } from 'node:timers/promises';

const lookEveryMs = 20;

/** Waits for a condition. @throws Error naming it after the time limit */
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
