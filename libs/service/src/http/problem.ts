import { STATUS_CODES } from 'node:http';
import { type ErrorCode, wordingOf } from '@tokengrid/contracts';

/** Media type of errors (RFC 9457); it has no parameters. */
export const problemType = 'application/problem+json';

/** An invalid field of a request. */
export interface FieldError {
  /**
   * JSON Pointer (RFC 6901) into the body, or `/<name>` of a query or path parameter; empty for the
   * whole body.
   */
  readonly pointer: string;
  readonly detail: string;
}

/** Content of an error answer, independent of the request. */
export interface Problem {
  readonly kind: 'problem';
  readonly status: number;
  /** Stable, of the public surface: `INVALID_ARGUMENT`, `WALLET.INSUFFICIENT_TOKENS`. */
  readonly code: string;
  /** One sentence for a person. */
  readonly detail: string;
  /** Members beside the standard ones: `errors`, `available`, `required`. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** An RFC 9457 document that a CAMARA client (`status`, `code`, `message`) reads too. */
export interface ProblemDocument extends Readonly<Record<string, unknown>> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly message: string;
}

/** Creates a problem. */
export function problem(
  status: number,
  code: string,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Problem {
  // A detail may repeat a caller's word, whatever that was.
  return { kind: 'problem', status, code, detail: detail.toWellFormed(), extra, headers };
}

/**
 * The problem that a refused command answers: its event's code, in the words that are declared for
 * it.
 */
export function refusalOf({
  type,
  data,
}: {
  readonly type: string;
  readonly data: { readonly code: ErrorCode };
}): Problem {
  const { status, code, detail, members } = wordingOf(type, data);
  return problem(status, code, detail, members);
}

/** A problem, thrown: it ends the request. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/**
 * 400 `INVALID_ARGUMENT`: a fault of the request alone.
 * @param errors places of the fault, if known
 */
export function invalidArgument(detail: string, errors: readonly FieldError[] = []): ProblemError {
  return new ProblemError(problem(400, 'INVALID_ARGUMENT', detail, errors.length === 0 ? {} : { errors }));
}

/**
 * 404 `NOT_FOUND`: the thing does not exist or belongs to another party; the answer does not say
 * which.
 */
export function notFound(detail: string): ProblemError {
  return new ProblemError(problem(404, 'NOT_FOUND', detail));
}

/**
 * 401 `UNAUTHENTICATED`.
 * @param detail whether the key is absent, unknown, expired, revoked or suspended
 */
export function unauthenticated(detail: string): ProblemError {
  return new ProblemError(problem(401, 'UNAUTHENTICATED', detail, {}, { 'www-authenticate': 'Bearer' }));
}

/** 503 `UNAVAILABLE`: the answer can't be known now. @param detail the reason */
export function unavailable(detail: string): ProblemError {
  return new ProblemError(problem(503, 'UNAVAILABLE', detail, {}, { 'retry-after': '5' }));
}

/** 403 `PERMISSION_DENIED`. @param detail the missing right */
export function permissionDenied(detail: string): ProblemError {
  return new ProblemError(problem(403, 'PERMISSION_DENIED', detail));
}

/**
 * Problem document.
 * @param instance URI reference of the occurrence: the request's path, or `/v1/commands/<id>` for a
 * refused command
 */
export function documentOf({ status, code, detail, extra }: Problem, instance: string): ProblemDocument {
  return {
    ...extra,
    type: typeOf(code),
    title: titleOf(status, code),
    status,
    detail,
    instance,
    code,
    message: detail,
  };
}

function typeOf(code: string): string {
  return `urn:tokengrid:problem:${code}`;
}

const titles = new Map<string, string>();

/** `WALLET.INSUFFICIENT_TOKENS` → `Insufficient tokens`: constant for a code, as RFC 9457 asks. */
function titleOf(status: number, code: string): string {
  let title = titles.get(code);
  if (title === undefined) {
    const words = code
      .slice(code.lastIndexOf('.') + 1)
      .replaceAll('_', ' ')
      .toLowerCase();
    title = words === '' ? (STATUS_CODES[status] ?? 'Error') : words[0]!.toUpperCase() + words.slice(1);
    titles.set(code, title);
  }
  return title;
}
