import { isNativeError } from 'node:util/types';

/** An error as a log shows it. */
export interface PlainError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: PlainError;
}

const mostCauses = 5;

/**
 * What a log needs of an error, by name. Libraries hang whole clients on their errors, with keys and passwords in them; nothing of that
 * may reach a log.
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
