import { isNativeError } from 'node:util/types';

/** An error in the form that logs show. */
export interface PlainError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: PlainError;
}

const mostCauses = 5;

/**
 * Selected fields of an error, for logs. Libraries attach whole clients to errors, with keys and
 * passwords; none of that may reach a log.
 */
export function plainError(error: unknown, depth = 0): PlainError {
  if (!isNativeError(error)) return { type: typeof error, message: typeof error === 'string' ? error : 'not an error' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && depth < mostCauses && { cause: plainError(error.cause, depth + 1) }),
  };
}
