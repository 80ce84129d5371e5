import type { IncomingMessage } from 'node:http';
import { invalidArgument } from './problem.ts';

/** Headers that say one thing: Node joins those of one name, and two values would look like a longer one. */
const single = /^(idempotency-key|content-encoding|ce-.*)$/;

/**
 * Refuses a request that says twice what can be said once.
 * @throws ProblemError 400 that names the header
 */
export function refuseRepeatedHeaders({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): void {
  const seen = new Set<string>();
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const name = rawHeaders[place]!.toLowerCase();
    if (!single.test(name)) continue;
    if (seen.has(name)) throw invalidArgument(`the header ${rawHeaders[place]} is there more than once`);
    seen.add(name);
  }
}
