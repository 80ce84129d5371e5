import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A request whose body was read already, within our bounds, as the library reads requests.
 * @param body absent for a request without one
 */
export function bufferedRequest(request: IncomingMessage, body?: Buffer): IncomingMessage {
  const { method, url, httpVersion, socket } = request;
  const { 'transfer-encoding': _chunked, ...headers } = request.headers;
  const length = body && { 'content-length': String(body.length) };
  const buffered = Readable.from(body ? [body] : [], { objectMode: false });
  return Object.assign(buffered, { method, url, httpVersion, socket, headers: { ...headers, ...length } }) as never;
}
