import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { invalidArgument } from './problem.ts';

/** Header that ties together all that one request leads to, in every service. */
export const correlatorHeader = 'x-correlator';

const printable = /^[\x20-\x7e]{1,256}$/;
const traceContext = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The request's own correlator if it has a good one, else a new one. */
export function correlatorOf(request: IncomingMessage): string {
  const sent = request.headers[correlatorHeader];
  return typeof sent === 'string' && printable.test(sent) ? sent : randomUUID();
}

/**
 * Refuses a correlator that can't be echoed and can't stand in an event's header.
 * @throws ProblemError 400
 */
export function refuseBadCorrelator(sent: string | string[] | undefined, used: string): void {
  if (sent === undefined || sent === used || sent === '') return;
  throw invalidArgument(`the header ${correlatorHeader} has to be 1 to 256 printable ASCII characters`);
}

/** The request's W3C trace context; one that is malformed counts as none, as that standard has it. */
export function traceparentOf(headers: IncomingMessage['headers']): string | undefined {
  const sent = headers['traceparent'];
  return typeof sent === 'string' && traceContext.test(sent) ? sent : undefined;
}
