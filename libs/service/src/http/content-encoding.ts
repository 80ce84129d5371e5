import type { IncomingHttpHeaders } from 'node:http';
import { problem, ProblemError } from './problem.ts';

/**
 * Refuses a compressed body: bodies are never decompressed, so that none can grow beyond its limit.
 * @throws ProblemError 415 that lists the accepted encodings, by RFC 9110
 */
export function refuseEncodedBody(headers: IncomingHttpHeaders): void {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  const unknown = encodings.find((encoding) => encoding !== '' && encoding !== 'identity');
  if (unknown === undefined) return;
  const detail = `unsupported content encoding ${unknown.slice(0, 40)}: send the body uncompressed`;
  throw new ProblemError(problem(415, 'UNSUPPORTED_MEDIA_TYPE', detail, {}, { 'accept-encoding': 'identity' }));
}
