import type { IncomingHttpHeaders } from 'node:http';
import { problem, ProblemError } from './problem.ts';

/**
 * Refuses a body that is compressed: none is unpacked here, so that none grows beyond its limit on the way.
 * @throws ProblemError 415 that says what is taken, as RFC 9110 has it
 */
export function refuseEncodedBody(headers: IncomingHttpHeaders): void {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  const unknown = encodings.find((encoding) => encoding !== '' && encoding !== 'identity');
  if (unknown === undefined) return;
  const detail = `the content encoding ${unknown.slice(0, 40)} is not taken: send the body as it is`;
  throw new ProblemError(problem(415, 'UNSUPPORTED_MEDIA_TYPE', detail, {}, { 'accept-encoding': 'identity' }));
}
