import { STATUS_CODES } from 'node:http';
import { type ErrorCode, wordingOf } from '@tokengrid/contracts';

/** A field of a request that is not as it should be. */
export interface FieldError {
  /** JSON Pointer (RFC 6901) into the body, or `/<name>` of a query or path parameter; empty for the whole. */
  readonly pointer: string;
  readonly detail: string;
}

/** What an error answer says, before it is known which request it answers. */
export interface Problem {
  readonly kind: 'problem';
  readonly status: number;
  /** Stable, of the public surface: `INVALID_ARGUMENT`, `WALLET.INSUFFICIENT_TOKENS`. */
  readonly code: string;
  /** A sentence for a person. */
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

/** States a problem. */
export function problem(
  status: number,
  code: string,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Problem {
  return { kind: 'problem', status, code, detail, extra, headers };
}

/** The problem that a refused command answers: its event's code, in the words that are declared for it. */
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

/** A problem that ends the request it is thrown in. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** 400 `INVALID_ARGUMENT`: what depends on the request alone. @param errors where, if the place can be named */
export function invalidArgument(detail: string, errors: readonly FieldError[] = []): ProblemError {
  return new ProblemError(problem(400, 'INVALID_ARGUMENT', detail, errors.length === 0 ? {} : { errors }));
}

/** 404 `NOT_FOUND`: what is not there, or belongs to somebody else; which of the two is not told. */
export function notFound(detail: string): ProblemError {
  return new ProblemError(problem(404, 'NOT_FOUND', detail));
}

/** 401 `UNAUTHENTICATED`. @param detail which of absent, unknown, expired, revoked, suspended it is */
export function unauthenticated(detail: string): ProblemError {
  return new ProblemError(problem(401, 'UNAUTHENTICATED', detail, {}, { 'www-authenticate': 'Bearer' }));
}

/** 503 `UNAVAILABLE`: what can't be known now. @param detail why */
export function unavailable(detail: string): ProblemError {
  return new ProblemError(problem(503, 'UNAVAILABLE', detail, {}, { 'retry-after': '5' }));
}

/** 403 `PERMISSION_DENIED`. @param detail what the caller lacks */
export function permissionDenied(detail: string): ProblemError {
  return new ProblemError(problem(403, 'PERMISSION_DENIED', detail));
}

/**
 * The document of a problem.
 * @param instance URI reference of the occurrence: the request's path, or `/v1/commands/<id>` where a command was refused
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

/** `WALLET.INSUFFICIENT_TOKENS` → `Insufficient tokens`: the same for every occurrence, as RFC 9457 asks. */
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
