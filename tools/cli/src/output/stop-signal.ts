/**
 * A second signal within this time is the same one: a terminal's Ctrl-C reaches this process
 * itself, and is passed on by its parent.
 */
const sameSignalMs = 1000;

/**
 * Aborts at the first Ctrl-C or SIGTERM, so that a command ends at a safe point; a second one ends
 * it at once.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let askedAt = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted && performance.now() - askedAt > sameSignalMs) process.exit(130);
      if (controller.signal.aborted) return;
      askedAt = performance.now();
      controller.abort(new Error('stopped: completed work stays, and the command can be run again'));
    });
  }
  return controller.signal;
}
