import type { IncomingMessage } from 'node:http';
import { invalidArgument } from './problem.ts';

/**
 * Single-valued headers: Node joins repeated headers, so two values would look like one longer
 * value.
 */
const single = /^(idempotency-key|content-encoding|ce-.*)$/;

/**
 * Refuses a repeated single-valued header.
 * @throws ProblemError 400 that names the header
 */
export function refuseRepeatedHeaders({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): void {
  const seen = new Set<string>();
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const name = rawHeaders[place]!.toLowerCase();
    if (!single.test(name)) continue;
    if (seen.has(name)) throw invalidArgument(`repeated header ${rawHeaders[place]}`);
    seen.add(name);
  }
}
