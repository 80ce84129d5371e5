import { anywhere, type Codes } from './code.ts';

/** Codes that any service may answer. */
export const commonCodes = {
  INVALID_ARGUMENT: anywhere(
    400,
    'The request itself is invalid, whatever the state: `errors` states the place (`pointer`) and the fault (`detail`). Sending it again changes nothing.',
    { errors: [{ pointer: '/tokens', detail: 'must be more than zero' }] },
  ),
  UNAUTHENTICATED: anywhere(
    401,
    'The API key is absent, unknown, expired or revoked, or its party is suspended; `detail` says which.',
  ),
  PERMISSION_DENIED: anywhere(403, 'The key is valid but lacks the right; `detail` names the missing scope.'),
  NOT_FOUND: anywhere(404, 'The thing does not exist or belongs to another party; the answer does not say which.'),
  METHOD_NOT_ALLOWED: anywhere(
    405,
    'The path does not support this method; the header `Allow` lists the supported ones.',
  ),
  NOT_ACCEPTABLE: anywhere(406, 'None of the media types in `Accept` is available.'),
  REQUEST_TIMEOUT: anywhere(408, 'The request did not arrive completely in time. Send it again.'),
  IDEMPOTENCY_KEY_IN_FLIGHT: anywhere(
    409,
    'The first request with this Idempotency-Key is still in flight. Try again after Retry-After to get its answer.',
  ),
  EVENTS_RETIRED: anywhere(
    410,
    'The answer follows from old events that were deleted from the database. The operator can restore them (`tokengrid restore`).',
  ),
  PAYLOAD_TOO_LARGE: anywhere(413, 'The body is larger than 1 MiB, or 8 MiB for a batch. Send it in parts.'),
  URI_TOO_LONG: anywhere(414, 'The path with its query is too long.'),
  UNSUPPORTED_MEDIA_TYPE: anywhere(
    415,
    "The path does not accept the body's media type; `detail` lists the accepted ones.",
  ),
  EXPECTATION_FAILED: anywhere(417, 'The header `Expect` has another value than `100-continue`.'),
  IDEMPOTENCY_KEY_REUSED: anywhere(
    422,
    'This Idempotency-Key was used with another body. Nothing was done; use a new key for a new request.',
  ),
  UNPROCESSABLE: anywhere(422, "The request is well formed but can't be carried out."),
  TOO_MANY_REQUESTS: anywhere(429, 'Too many requests. Try again after Retry-After.'),
  HEADERS_TOO_LARGE: anywhere(431, 'The headers of the request are too large in total.'),
  INTERNAL: anywhere(500, 'An unexpected error, whose cause is not disclosed. The log has it under `x-correlator`.'),
  EVENT_INVALID: anywhere(
    500,
    "The command's event was invalid. Nothing was done, and a retry does not help: the operator has been notified.",
  ),
  STREAM_UNREADABLE: anywhere(
    500,
    "Data that the answer needs can't be read. Nothing was done, and a retry does not help: the operator has been notified.",
  ),
  UNAVAILABLE: anywhere(
    503,
    "The service can't decide now: too many requests wait, or its database does not answer. Nothing was done. Try again after Retry-After, with the same Idempotency-Key.",
  ),
  SECRET_ALREADY_SHOWN: anywhere(
    409,
    'The request was carried out earlier, and its secret has been destroyed since. Issue or rotate a key to get another one.',
  ),
} satisfies Codes;
