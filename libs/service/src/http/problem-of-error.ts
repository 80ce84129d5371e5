import { isNativeError } from 'node:util/types';
import { HttpException } from '@nestjs/common';
import { InvalidEvent, UnreadableEvent } from '@tokengrid/contracts';
import {
  EventsRetired,
  IdempotencyKeyReused,
  LaneStopped,
  Overloaded,
  StoreUnavailable,
  StreamUnreadable,
} from '@tokengrid/event-store';
import { InFlight } from './in-flight.ts';
import type { Problem } from './problem.ts';
import { problem, ProblemError } from './problem.ts';

const retrySoon = { 'retry-after': '1' };
const retryLater = { 'retry-after': '5' };

const codes: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  417: 'EXPECTATION_FAILED',
  422: 'UNPROCESSABLE',
  429: 'TOO_MANY_REQUESTS',
  431: 'HEADERS_TOO_LARGE',
};

/** The code of a client's error that is known by its HTTP status alone. */
export function codeOfStatus(status: number): string {
  return codes[status] ?? 'INVALID_ARGUMENT';
}

/** Where Nest's and Fastify's own words do not help a client. */
const details: Readonly<Record<number, string>> = {
  413: 'the body is larger than this route takes',
  415: 'send JSON, with the header content-type: application/json',
};

/** What an error answers; `undefined` for one that nobody expected, whose words must not reach the client. */
export function problemOfError(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof Overloaded) {
    return problem(503, 'UNAVAILABLE', 'the queue of waiting commands is full; try again soon', {}, retrySoon);
  }
  if (error instanceof StoreUnavailable) return problem(503, 'UNAVAILABLE', error.message, {}, retrySoon);
  if (error instanceof StreamUnreadable) return problemOfUnreadable(error);
  if (error instanceof UnreadableEvent)
    return problem(500, 'STREAM_UNREADABLE', "what this needs can't be read; the operator is told");
  if (error instanceof InvalidEvent)
    return problem(500, 'EVENT_INVALID', 'what this led to is nothing that can be stored; nothing was done');
  if (error instanceof EventsRetired) return problem(410, 'EVENTS_RETIRED', error.message);
  if (error instanceof LaneStopped) return problem(503, 'UNAVAILABLE', error.message, {}, retryLater);
  if (error instanceof IdempotencyKeyReused) {
    // Without the command's id: whoever has to guess bodies should not learn where the outcome is.
    return problem(422, 'IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was sent before with another body');
  }
  if (error instanceof InFlight) return problem(409, 'IDEMPOTENCY_KEY_IN_FLIGHT', error.message, {}, retrySoon);
  if (tookTooLong(error)) return problem(503, 'UNAVAILABLE', 'the database took too long', {}, retrySoon);
  if (isTableGone(error))
    return problem(503, 'UNAVAILABLE', 'the database has lost its tables; the operator is told', {}, retryLater);
  if (isDatabaseAway(error)) return problem(503, 'UNAVAILABLE', 'the database does not answer', {}, retrySoon);
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    return problem(status, codeOfStatus(status), details[status] ?? error.message);
  }
  return undefined;
}

/** What is wrong with the event stays in the log. */
function problemOfUnreadable({ at, isNewer }: StreamUnreadable): Problem {
  if (isNewer) {
    const detail = `this process is older than what has to be read (${at}): another one may answer; try again soon`;
    return problem(503, 'UNAVAILABLE', detail, {}, retryLater);
  }
  return problem(
    500,
    'STREAM_UNREADABLE',
    `what this needs can't be read (${at}); nothing was done, and the operator is told`,
  );
}

/** Codes of Node's sockets and SQLSTATEs of connections that are refused, broken, or closed by a server that restarts. */
const awayCodes = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|57P0[123]|08...|53300|3D000)$/;
/** `pg` and its pool have no codes for these. */
const awayMessages =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** SQLSTATE of a statement that Postgres ended, because it took longer than it may. */
const queryCanceled = '57014';

function tookTooLong(error: unknown): boolean {
  const { driverError = error } = error as { driverError?: unknown };
  return isNativeError(driverError) && (driverError as { code?: unknown }).code === queryCanceled;
}

/** Whether an error says that a table is not there: a service's migrations made it before it began to listen. */
function isTableGone(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const { driverError, code } = error as { driverError?: unknown; code?: unknown };
  return code === '42P01' || (driverError !== undefined && isTableGone(driverError));
}

/** Whether an error says that Postgres can't be reached, and nothing about what was asked of it. */
export function isDatabaseAway(error: unknown): boolean {
  // Errors of sockets need not be of this realm's class.
  if (!isNativeError(error)) return false;
  // TypeORM wraps what `pg` throws.
  const { driverError } = error as { driverError?: unknown };
  if (driverError !== undefined) return isDatabaseAway(driverError);
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && awayCodes.test(code)) || awayMessages.test(error.message);
}
