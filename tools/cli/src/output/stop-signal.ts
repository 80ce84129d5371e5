/** Aborts at the first Ctrl-C or SIGTERM, so that a command ends where it may; a second one ends it at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new Error('stopped'));
    });
  }
  return controller.signal;
}
