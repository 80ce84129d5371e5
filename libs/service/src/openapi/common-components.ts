import { z } from 'zod';
import { maxIdempotencyKeyLength } from '../http/incoming-command.ts';
import { openApiSchema } from './json-schema.ts';

/** RFC 9457, with the members that a CAMARA client reads. */
const Problem = z
  .looseObject({
    type: z.string().meta({ description: 'a URN that names the kind of problem' }),
    title: z.string().meta({ description: 'the kind of problem in words' }),
    status: z.int().meta({ description: 'the HTTP status' }),
    detail: z.string().meta({ description: 'what went wrong this time' }),
    instance: z.string().meta({ description: 'the path, or the command, that it went wrong with' }),
    code: z.string().meta({ description: 'stable, for programs' }),
    message: z.string().meta({ description: 'the same as detail' }),
    errors: z
      .array(z.strictObject({ pointer: z.string().meta({ description: 'JSON Pointer' }), detail: z.string() }))
      .optional()
      .meta({ description: 'the places of the request that are not as they should be' }),
  })
  .meta({
    description: 'an error, as RFC 9457 has it',
    example: {
      type: 'urn:tokengrid:problem:INVALID_ARGUMENT',
      title: 'Invalid argument',
      status: 400,
      detail: '/tokens: must be more than zero',
      instance: '/v1/wallets/wal_01jzx0000000000000000000ab/transfers',
      code: 'INVALID_ARGUMENT',
      message: '/tokens: must be more than zero',
      errors: [{ pointer: '/tokens', detail: 'must be more than zero' }],
    },
  });

const correlator = {
  description: 'ties together all that a request leads to; echoed if it was sent, else made',
  schema: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[ -~]+$' },
  example: 'order-4711',
};

/** A response that is a problem, by what it is about. */
function problemResponse(description: string, headers: Record<string, unknown> = {}) {
  return {
    description,
    headers: { 'x-correlator': { $ref: '#/components/headers/x-correlator' }, ...headers },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

const retryAfter = { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } };

/** What all operations of all services share; operations refer to it by name. */
export const commonComponents = {
  schemas: { Problem: openApiSchema(Problem)!.schema },
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description: 'an API key; each operation names the scope that the key needs',
    },
  },
  headers: { 'x-correlator': correlator },
  parameters: {
    'x-correlator': { name: 'x-correlator', in: 'header', required: false, ...correlator },
    'Idempotency-Key': {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description:
        'any string of up to 255 characters; a repeat with the same key, by the same caller to the same route and parameters, gets the status and body of the first, whatever has changed since, and changes nothing',
      // Without an example: whoever executes examples as they come would send all requests under one key.
      schema: { type: 'string', minLength: 1, maxLength: maxIdempotencyKeyLength },
    },
  },
  responses: {
    Malformed: problemResponse('INVALID_ARGUMENT: the request is not as it should be; `errors` says where'),
    Unauthenticated: problemResponse('UNAUTHENTICATED: no key, or one that is unknown, expired, revoked or suspended'),
    Forbidden: problemResponse('PERMISSION_DENIED: the key lacks the scope, or only the operator may do this'),
    Missing: problemResponse('NOT_FOUND: it is not there, or not yours'),
    Conflict: problemResponse(
      'the state of things does not allow it, by `code`; IDEMPOTENCY_KEY_IN_FLIGHT: the first request with this key still runs',
      retryAfter,
    ),
    TooLarge: problemResponse('PAYLOAD_TOO_LARGE'),
    WrongType: problemResponse('UNSUPPORTED_MEDIA_TYPE'),
    KeyReused: problemResponse('IDEMPOTENCY_KEY_REUSED: the key came before with another body'),
    Unavailable: problemResponse('UNAVAILABLE: too much waits, or a database does not answer; try again', retryAfter),
    Error: problemResponse('any other error'),
  },
};
