import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { correlatorHeader } from './correlation.ts';
import { documentOf, problem } from './problem.ts';
import { codeOfStatus } from './problem-of-error.ts';

const details: Readonly<Record<number, string>> = {
  400: 'this is not a well-formed HTTP/1.1 request',
  408: 'the request did not arrive in time',
  431: 'the headers are too large',
};

/** Answers what Node's HTTP parser gives up on, before there is a request: malformed, too slow, headers too large. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf(error.code);
  const document = documentOf(problem(status, codeOfStatus(status), details[status]!), 'about:blank');
  const body = JSON.stringify(document);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `${correlatorHeader}: ${randomUUID()}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function statusOf(code: string | undefined): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
}
