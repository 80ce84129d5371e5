import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { correlatorHeader, correlatorOf } from './correlation.ts';
import { documentOf, invalidArgument, problem, problemType } from './problem.ts';
import { codeOfStatus } from './problem-of-error.ts';

const details: Readonly<Record<number, string>> = {
  400: 'not a well-formed HTTP/1.1 request',
  408: 'the request did not arrive in time',
  431: 'the headers are too large',
};

/** Requests of connections whose answers are not over, with those answers. */
const running = new WeakMap<Duplex, Map<IncomingMessage, ServerResponse>>();
/** Connections whose last answer is that of an error. */
const ending = new WeakSet<Duplex>();

/**
 * Answers errors of Node's HTTP parser, before there is a request: malformed, too slow, headers too
 * large. Answers to earlier requests of the connection go first, and none is written into.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (ending.has(socket)) return;
  ending.add(socket);
  const status = statusOf(error.code);
  afterEarlier(socket, () => answerSocket(socket, status, details[status]!, randomUUID()));
}

/** Runs once what was asked before is answered; not at all where an answer to it has begun. */
function afterEarlier(socket: Duplex, answer: () => void): void {
  const [[request, response] = []] = running.get(socket) ?? [];
  if (!request || !response) return answer();
  if (request.complete) response.once('close', () => afterEarlier(socket, answer));
  else if (response.headersSent) socket.destroy();
  else answer();
}

function noteRunning(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const ofSocket = running.get(socket) ?? new Map<IncomingMessage, ServerResponse>();
  running.set(socket, ofSocket.set(request, response));
  response.once('close', () => ofSocket.delete(request));
}

/**
 * Answers requests that Node would answer by itself or not at all: an unsupported `Expect`, and
 * `CONNECT` or `Upgrade`.
 */
export function answerWhatNodeWould(server: Server): void {
  server.on('request', noteRunning);
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const body = documentText(417, 'unsupported expectation: only 100-continue is');
    response.writeHead(417, { ...rawHeaders(body), [correlatorHeader]: correlatorOf(request) });
    response.end(body);
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) =>
    answerSocket(socket, 405, 'not a proxy: CONNECT is not supported', correlatorOf(request)),
  );
}

/**
 * Refuses a request without exactly one Host header (RFC 9112, 3.2).
 * @throws ProblemError 400
 */
export function refuseBadHost({ httpVersion, rawHeaders: headers }: IncomingMessage): void {
  const count = headers.filter((name, place) => place % 2 === 0 && name.toLowerCase() === 'host').length;
  if (count > 1 || (count === 0 && httpVersion === '1.1')) throw invalidArgument('exactly one Host header is required');
}

function answerSocket(socket: Duplex, status: number, detail: string, correlator: string): void {
  if (!socket.writable) return;
  const body = documentText(status, detail);
  const headers = Object.entries({ ...rawHeaders(body), [correlatorHeader]: correlator });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`);
}

function documentText(status: number, detail: string): string {
  return JSON.stringify(documentOf(problem(status, codeOfStatus(status), detail), 'about:blank'));
}

function rawHeaders(body: string) {
  return {
    'content-type': problemType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
}

function statusOf(code: string | undefined): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
}
