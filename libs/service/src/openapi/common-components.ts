import { codes as declared, type ErrorCode, exampleDetail } from '@tokengrid/contracts';
import { z } from 'zod';
import { maxIdempotencyKeyLength } from '../http/incoming-command.ts';
import { documentOf, problem } from '../http/problem.ts';
import { openApiSchema } from './json-schema.ts';
import { commonTerms } from './service-api.ts';

const examplePath = `/v1/commands/${commonTerms.commandId.example}`;

/** RFC 9457, with the members that a CAMARA client reads. */
const Problem = z
  .looseObject({
    type: z.string().meta({ description: 'URN of the kind of problem' }),
    title: z.string().meta({ description: 'Kind of problem, in words' }),
    status: z.int().meta({ description: 'HTTP status' }),
    detail: z.string().meta({ description: 'Cause, this time' }),
    instance: z.string().meta({ description: 'Path of the request, or of its command' }),
    code: z.string().meta({ description: 'Stable code, for programs' }),
    message: z.string().meta({ description: 'The same as detail' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'JSON Pointer to the field' }),
          detail: z.string().meta({ description: 'Fault of the field' }),
        }),
      )
      .optional()
      .meta({ description: 'Fields of the request that are invalid' }),
  })
  .meta({ description: 'Error, as in RFC 9457', example: exampleOfCode('INVALID_ARGUMENT', 400) });

const correlator = {
  description: 'Correlator of all effects of the request; echoed, or generated if absent',
  schema: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[ -~]+$' },
  example: 'order-4711',
};

/** Example answer of a code. */
function exampleOfCode(code: ErrorCode, status: number): object {
  const { members } = declared[code];
  return documentOf(problem(status, code, exampleDetail(declared[code]), members), examplePath);
}

const retryAfter = { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' }, example: 5 } };

/** Response of a status, with an example of each of its codes. */
export function problemResponse(status: number, codes: readonly ErrorCode[]) {
  const meanings = codes.map((code) => `- \`${code}\`: ${declared[code].meaning}`);
  const examples = Object.fromEntries(
    codes.map((code) => [code, { summary: code, value: exampleOfCode(code, status) }]),
  );
  const mayBeTriedAgain = status === 503 || codes.includes('IDEMPOTENCY_KEY_IN_FLIGHT');
  return {
    description: meanings.join('\n'),
    headers: {
      'x-correlator': { $ref: '#/components/headers/x-correlator' },
      ...(mayBeTriedAgain && retryAfter),
    },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples } },
  };
}

/** Responses that operations refer to by name: those with a single code that all services share. */
export const sharedResponses = {
  Malformed: [400, 'INVALID_ARGUMENT'],
  Unauthenticated: [401, 'UNAUTHENTICATED'],
  Forbidden: [403, 'PERMISSION_DENIED'],
  Missing: [404, 'NOT_FOUND'],
  NotAcceptable: [406, 'NOT_ACCEPTABLE'],
  InFlight: [409, 'IDEMPOTENCY_KEY_IN_FLIGHT'],
  TooLarge: [413, 'PAYLOAD_TOO_LARGE'],
  WrongType: [415, 'UNSUPPORTED_MEDIA_TYPE'],
  KeyReused: [422, 'IDEMPOTENCY_KEY_REUSED'],
  Unavailable: [503, 'UNAVAILABLE'],
} as const satisfies Readonly<Record<string, readonly [number, ErrorCode]>>;

/** Components that operations of all services refer to by name. */
export const commonComponents = {
  schemas: { Problem: openApiSchema(Problem)!.schema },
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description:
        'API key, or access token of identity for this service (JWT, RFC 9068); each operation names the scope that it needs',
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
        'Any string of up to 255 characters. A repeat by the same caller, on the same route with the same parameters, changes nothing and gets the first answer.',
      // No example: a client that replays examples would send all requests under one key.
      schema: { type: 'string', minLength: 1, maxLength: maxIdempotencyKeyLength },
    },
  },
  responses: {
    ...Object.fromEntries(
      Object.entries(sharedResponses).map(([name, [status, code]]) => [name, problemResponse(status, [code])]),
    ),
    Error: { ...problemResponse(500, ['INTERNAL']), description: 'Any other error' },
  },
};
