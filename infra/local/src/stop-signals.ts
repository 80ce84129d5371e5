/**
 * A second signal within this time is the same one: a terminal's Ctrl-C reaches every process of
 * the command, and is passed on as well.
 */
const sameSignalMs = 1000;
const parentPollMs = 500;

/** Variable set by a parent with which we have to end. */
export const followParentVariable = 'TOKENGRID_FOLLOW_PARENT';

/**
 * Aborts when this process is asked to end, or when its parent is gone. A second request ends it at
 * once.
 */
export function stopSignal(say: (message: string) => void): AbortSignal {
  const controller = new AbortController();
  let askedAt = 0;
  const ask = (why: string) => {
    if (!controller.signal.aborted) {
      askedAt = Date.now();
      say(`${why}: stopping (once more to force it)`);
      controller.abort();
    } else if (Date.now() - askedAt > sameSignalMs) {
      say('forced: the watchdog ends what still runs');
      process.exit(130);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ask(name));
  if (process.env[followParentVariable]) watchParent(() => ask('the process that started this stack is gone'));
  return controller.signal;
}

/** Resolves when it aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function watchParent(gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, parentPollMs);
  timer.unref();
}
