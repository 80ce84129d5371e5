import { hash } from 'node:crypto';

/** A report: unchecked usage events, and their content mode. */
export interface Reported {
  readonly events: readonly unknown[];
  readonly mode: 'structured' | 'batched' | 'binary';
}

/**
 * Input hash of a request under its idempotency key: its body, and in binary mode its attributes
 * too.
 * @param inputHash keyed hash of the body
 */
export function inputHashOf({ events, mode }: Reported, inputHash: string): string {
  return mode === 'binary' ? hash('sha256', `${inputHash}${canonicalAttributes(events[0])}`) : inputHash;
}

function canonicalAttributes(event: unknown): string {
  const { data: _, ...attributes } = event as Record<string, unknown>;
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
