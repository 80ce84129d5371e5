import type { Problem } from '@tokengrid/service';
import { z } from 'zod';

/** Errors of OpenAI's API. */
export const openAiError = z
  .strictObject({
    error: z.strictObject({
      message: z.string().meta({ description: 'Cause, for a person' }),
      type: z.string().meta({ description: 'Kind of error' }),
      param: z.string().nullable().meta({ description: 'Field of the request that is at fault' }),
      code: z.string().nullable().meta({ description: 'Stable code, for programs' }),
    }),
  })
  .meta({
    description: "Error in the form of OpenAI's API",
    example: {
      error: {
        message: 'insufficient tokens',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    },
  });

/** Type and code of OpenAI's API for a code of ours; else they go by the status. */
const known: Readonly<Record<string, readonly [type: string, code: string]>> = {
  UNAUTHENTICATED: ['invalid_request_error', 'invalid_api_key'],
  'GATEWAY.INSUFFICIENT_TOKENS': ['insufficient_quota', 'insufficient_quota'],
  'GATEWAY.LIMIT_EXCEEDED': ['insufficient_quota', 'spend_limit_exceeded'],
  'GATEWAY.MODEL_NOT_ALLOWED': ['invalid_request_error', 'model_not_allowed'],
  'GATEWAY.UNKNOWN_MODEL': ['invalid_request_error', 'model_not_found'],
  PAYLOAD_TOO_LARGE: ['invalid_request_error', 'request_too_large'],
  TOO_MANY_REQUESTS: ['requests', 'rate_limit_exceeded'],
  UNAVAILABLE: ['server_error', 'service_unavailable'],
};

/** An error of OpenAI's API. */
export function openAiErrorOf({ status, code, detail, extra }: Problem): z.output<typeof openAiError> {
  const [type, openAiCode] = known[code] ?? [
    status >= 500 ? 'server_error' : 'invalid_request_error',
    code.toLowerCase().split('.').at(-1)!,
  ];
  return { error: { message: detail, type, param: paramOf(extra), code: openAiCode } };
}

/** The first field at fault: `/messages/0/role` is `messages.0.role`. */
function paramOf({ errors }: Problem['extra']): string | null {
  const [first] = (errors ?? []) as readonly { readonly pointer: string }[];
  return first === undefined || first.pointer === '' ? null : first.pointer.slice(1).replaceAll('/', '.');
}
