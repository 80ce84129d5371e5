import { anywhere, type Codes } from './code.ts';

/** Codes that any service may answer. */
export const commonCodes = {
  INVALID_ARGUMENT: anywhere(
    400,
    'The request is not as it should be, whatever the state of things: `errors` says where (`pointer`) and what (`detail`). Sending it again changes nothing.',
    { errors: [{ pointer: '/tokens', detail: 'must be more than zero' }] },
  ),
  UNAUTHENTICATED: anywhere(
    401,
    'There is no API key, or it is unknown, expired or revoked, or its party is suspended; `detail` says which.',
  ),
  PERMISSION_DENIED: anywhere(403, 'The key is good but may not do this; `detail` names the scope that it lacks.'),
  NOT_FOUND: anywhere(404, 'There is no such thing, or it belongs to somebody else; which of the two is not told.'),
  METHOD_NOT_ALLOWED: anywhere(
    405,
    'The path is there, but not with this method; the header `Allow` lists those it has.',
  ),
  NOT_ACCEPTABLE: anywhere(406, 'None of the content types that the request accepts can be answered.'),
  REQUEST_TIMEOUT: anywhere(408, 'The request did not arrive whole in time. Send it again.'),
  IDEMPOTENCY_KEY_IN_FLIGHT: anywhere(
    409,
    'The first request with this Idempotency-Key is still being decided. Try again after Retry-After: its answer will be yours.',
  ),
  EVENTS_RETIRED: anywhere(
    410,
    'It was there, but follows from events that were taken out of the database because they are old. The operator can bring them back (`tokengrid restore`).',
  ),
  PAYLOAD_TOO_LARGE: anywhere(413, 'The body is larger than 1 MiB, or 8 MiB for a batch. Send it in parts.'),
  URI_TOO_LONG: anywhere(414, 'The path with its query is too long.'),
  UNSUPPORTED_MEDIA_TYPE: anywhere(
    415,
    'The body is of a content type that this path does not take; `detail` names those it does.',
  ),
  EXPECTATION_FAILED: anywhere(417, 'The header `Expect` asks for something other than `100-continue`.'),
  IDEMPOTENCY_KEY_REUSED: anywhere(
    422,
    'This Idempotency-Key was used for a request with another body. Nothing was done; use a new key for a new request.',
  ),
  UNPROCESSABLE: anywhere(422, 'The request is well formed but cannot be carried out.'),
  TOO_MANY_REQUESTS: anywhere(429, 'More requests than are allowed. Try again after Retry-After.'),
  HEADERS_TOO_LARGE: anywhere(431, 'The headers of the request are too large together.'),
  INTERNAL: anywhere(
    500,
    'Something failed that nobody expected; nothing of it is told. The log has it under `x-correlator`.',
  ),
  EVENT_INVALID: anywhere(
    500,
    'What was asked led to an event that no reader could take. Nothing was done, and trying again does not help: the operator has been told.',
  ),
  STREAM_UNREADABLE: anywhere(
    500,
    'Something that the answer needs is written in a way that can not be read. Nothing was done, and trying again does not help: the operator has been told.',
  ),
  UNAVAILABLE: anywhere(
    503,
    'The service cannot decide now: too many requests wait, or its database does not answer. Nothing was done. Try again after Retry-After, with the same Idempotency-Key.',
  ),
  SECRET_ALREADY_SHOWN: anywhere(
    409,
    'The request was carried out earlier, and the secret that it answered has been destroyed since. Issue or rotate a key to get another.',
  ),
} satisfies Codes;
