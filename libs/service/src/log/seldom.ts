/**
 * Passes one message of each kind per period: an outage is reported once, not a hundred times a
 * second.
 */
export function seldom(periodMs: number): (kind: string, tell: () => void) => void {
  const last = new Map<string, number>();
  return (kind, tell) => {
    const now = performance.now();
    if (now - (last.get(kind) ?? -Infinity) < periodMs) return;
    last.set(kind, now);
    tell();
  };
}
