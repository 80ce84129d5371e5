import type { Duplex } from 'node:stream';

/** Time in which a side closes once all that was left for it is written, in milliseconds. */
const closeMs = 2000;

/** How a tunnel ends. */
export interface TunnelLimits {
  /** Longest time without a byte in either direction, in milliseconds. */
  readonly idleMs: number;
  /** Aborts when the tunnel has to end at once. */
  readonly ended: AbortSignal;
}

/**
 * Passes bytes on in both directions, each as fast as its reader takes them, until one side closes.
 * What it closes after is still delivered.
 */
export async function tunnel(caller: Duplex, app: Duplex, { idleMs, ended }: TunnelLimits): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const sides = [caller, app] as const;
  const destroy = () => sides.forEach((side) => side.destroy());
  const idle = setTimeout(destroy, idleMs);
  let closing: NodeJS.Timeout | undefined;
  const closed = () => {
    if (sides.every(({ destroyed }) => destroyed)) return resolve();
    for (const side of sides) if (!side.destroyed) side.end();
    closeSoon();
  };
  const closeSoon = () => void (closing ??= setTimeout(destroy, closeMs));
  for (const side of sides) {
    side.on('data', () => idle.refresh());
    side.on('error', () => side.destroy());
    // The other side has ended, and `pipe` has passed that on.
    side.once('finish', closeSoon);
    side.once('close', closed);
  }
  ended.addEventListener('abort', destroy);
  caller.pipe(app);
  app.pipe(caller);
  if (ended.aborted) destroy();
  else if (sides.some((side) => side.destroyed)) closed();
  await over;
  ended.removeEventListener('abort', destroy);
  clearTimeout(idle);
  clearTimeout(closing);
}
