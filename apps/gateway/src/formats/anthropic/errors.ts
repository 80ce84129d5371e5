import type { Problem } from '@tokengrid/service';
import { z } from 'zod';

/** Errors of Anthropic's API. */
export const anthropicError = z
  .strictObject({
    type: z.literal('error'),
    error: z.strictObject({
      type: z.string().meta({ description: 'Kind of error' }),
      message: z.string().meta({ description: 'Cause, for a person' }),
    }),
  })
  .meta({
    description: "Error in the form of Anthropic's API",
    example: { type: 'error', error: { type: 'billing_error', message: 'insufficient tokens' } },
  });

/** Kinds of errors of Anthropic's API, by status. */
const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
};

/** An error of Anthropic's API. */
export function anthropicErrorOf({ status, detail }: Problem): z.output<typeof anthropicError> {
  const type = types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type: 'error', error: { type, message: detail } };
}
