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

/** Code of a client error without a code of its own, by HTTP status. */
export function codeOfStatus(status: number): string {
  return codes[status] ?? 'INVALID_ARGUMENT';
}

/** Details that replace unhelpful messages of Nest and Fastify. */
const details: Readonly<Record<number, string>> = {
  413: "the body exceeds this route's limit",
  415: 'unsupported media type: send JSON, with the header content-type: application/json',
};

/**
 * Problem of an error; `undefined` for an unexpected one, whose message must not reach the client.
 */
export function problemOfError(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof Overloaded) {
    return problem(503, 'UNAVAILABLE', 'too many waiting commands; try again soon', {}, retrySoon);
  }
  if (error instanceof StoreUnavailable) return problem(503, 'UNAVAILABLE', error.message, {}, retrySoon);
  if (error instanceof StreamUnreadable) return problemOfUnreadable(error);
  if (error instanceof UnreadableEvent)
    return problem(500, 'STREAM_UNREADABLE', "data needed for this request can't be read; the operator is notified");
  if (error instanceof InvalidEvent)
    return problem(500, 'EVENT_INVALID', "the command's event is invalid; nothing was stored");
  if (error instanceof EventsRetired) return problem(410, 'EVENTS_RETIRED', error.message);
  if (error instanceof LaneStopped) return problem(503, 'UNAVAILABLE', error.message, {}, retryLater);
  if (error instanceof IdempotencyKeyReused) {
    // Without the command's id: a caller that guesses bodies should not learn the outcome's
    // location.
    return problem(422, 'IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another body');
  }
  if (error instanceof InFlight) return problem(409, 'IDEMPOTENCY_KEY_IN_FLIGHT', error.message, {}, retrySoon);
  if (tookTooLong(error)) return problem(503, 'UNAVAILABLE', 'the database took too long', {}, retrySoon);
  if (isTableGone(error))
    return problem(503, 'UNAVAILABLE', 'the database has lost its tables; the operator is notified', {}, retryLater);
  if (isDatabaseAway(error)) return problem(503, 'UNAVAILABLE', 'the database does not answer', {}, retrySoon);
  if (error instanceof HttpException && error.getStatus() < 500) {
    const status = error.getStatus();
    return problem(status, codeOfStatus(status), details[status] ?? error.message);
  }
  return undefined;
}

/** Problem of an unreadable stream; the fault of the event stays in the log. */
function problemOfUnreadable({ at, isNewer }: StreamUnreadable): Problem {
  if (isNewer) {
    const detail = `this process is too old to read ${at}; another instance may answer, try again soon`;
    return problem(503, 'UNAVAILABLE', detail, {}, retryLater);
  }
  return problem(
    500,
    'STREAM_UNREADABLE',
    `data needed for this command can't be read (${at}); nothing was done, and the operator is notified`,
  );
}

/**
 * Codes of Node's sockets, and SQLSTATEs, for connections that are refused, broken, or closed by a
 * restarting server.
 */
const awayCodes = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|57P0[123]|08...|53300|3D000)$/;
/** Messages of errors for which `pg` and its pool have no code. */
const awayMessages =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** SQLSTATE of a statement that Postgres cancelled after its time limit. */
const queryCanceled = '57014';

function tookTooLong(error: unknown): boolean {
  const { driverError = error } = error as { driverError?: unknown };
  return isNativeError(driverError) && (driverError as { code?: unknown }).code === queryCanceled;
}

/** True if an error reports a missing table, after migrations had created it. */
function isTableGone(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const { driverError, code } = error as { driverError?: unknown; code?: unknown };
  return code === '42P01' || (driverError !== undefined && isTableGone(driverError));
}

/** True if an error means that Postgres is unreachable, whatever the statement was. */
export function isDatabaseAway(error: unknown): boolean {
  // Socket errors may come from another realm, with a class of their own.
  if (!isNativeError(error)) return false;
  // TypeORM wraps the errors of `pg`.
  const { driverError } = error as { driverError?: unknown };
  if (driverError !== undefined) return isDatabaseAway(driverError);
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && awayCodes.test(code)) || awayMessages.test(error.message);
}
