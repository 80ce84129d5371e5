import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { invalidArgument } from './problem.ts';

/** Header that correlates all effects of one request, in every service. */
export const correlatorHeader = 'x-correlator';

const printable = /^[\x20-\x7e]{1,256}$/;
const traceContext = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The request's own correlator if it is valid, else a new one. */
export function correlatorOf(request: IncomingMessage): string {
  const sent = request.headers[correlatorHeader];
  return typeof sent === 'string' && printable.test(sent) ? sent : randomUUID();
}

/**
 * Refuses a correlator that can't be echoed or stored in an event's header.
 * @throws ProblemError 400
 */
export function refuseBadCorrelator(sent: string | string[] | undefined, used: string): void {
  if (sent === undefined || sent === used || sent === '') return;
  throw invalidArgument(`the header ${correlatorHeader} must have 1 to 256 printable ASCII characters`);
}

/** W3C trace context of the request; a malformed one counts as absent, by that standard. */
export function traceparentOf(headers: IncomingMessage['headers']): string | undefined {
  const sent = headers['traceparent'];
  return typeof sent === 'string' && traceContext.test(sent) ? sent : undefined;
}
