import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Maximum number of bytes of a refused body that are read and dropped. */
const maxDiscardedBytes = 64 * 1024 * 1024;
/** Maximum time of reading them. */
const maxLingerMs = 10_000;

/**
 * True if a client may still be sending an unread body that is larger than Node can safely discard
 * by itself (`limit`).
 */
export function hasLargeUnreadBody({ raw, headers }: FastifyRequest, limit: number): boolean {
  if (raw.complete) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > limit;
}

/**
 * Answers a request whose body is still arriving. Closing a connection with unread bytes resets it,
 * and a client that is still sending sees the reset instead of the answer. So the whole answer goes
 * out first, with its length and `connection: close`; then the rest is read and dropped, within
 * bounds; then the connection ends.
 */
export function answerBeforeBody(reply: FastifyReply, status: number, body: string): void {
  reply.hijack();
  const { raw: response } = reply;
  const { raw: request } = reply.request;
  response.writeHead(status, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.write(body);
  let discarded = 0;
  const end = () => endOnce(response, timer);
  const timer = setTimeout(end, maxLingerMs);
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > maxDiscardedBytes) end();
  });
  request.once('end', end);
  request.once('close', end);
  request.once('error', end);
  request.resume();
}

function endOnce(response: ServerResponse, timer: NodeJS.Timeout): void {
  clearTimeout(timer);
  if (!response.writableEnded) response.end();
}
