import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A request whose body was read already, within our bounds, as the library reads requests. The
 * addresses that it makes are those of the issuer, whatever host the request names.
 * @param issuer URL by which clients reach us
 * @param body absent for a request without one
 */
export function bufferedRequest(request: IncomingMessage, issuer: string, body?: Buffer): IncomingMessage {
  const { method, url, httpVersion, socket } = request;
  const { 'transfer-encoding': _chunked, 'x-forwarded-for': _for, ...headers } = request.headers;
  const { host, protocol } = new URL(issuer);
  const length = body && { 'content-length': String(body.length) };
  const forwarded = { host, 'x-forwarded-host': host, 'x-forwarded-proto': protocol.replace(':', '') };
  const buffered = Readable.from(body ? [body] : [], { objectMode: false });
  const all = { ...headers, ...forwarded, ...length };
  return Object.assign(buffered, { method, url, httpVersion, socket, headers: all }) as never;
}
