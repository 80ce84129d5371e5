import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { HttpAnswer } from './answers.ts';
import type { Problem } from './problem.ts';

/**
 * An API of others that routes follow, so that its clients work unchanged: their keys, queries and
 * errors. The body of such a route is a buffer, which its handler parses.
 */
export interface ForeignApi {
  /** Header of an API key, beside `authorization`. */
  readonly keyHeader?: string;
  /** Maximum size of a body, in bytes. */
  readonly bodyLimitBytes: number;
  /** True if bodies may be forms (`application/x-www-form-urlencoded`). */
  readonly takesForms?: true;
  /** Form of its errors, with an example, for OpenAPI. */
  readonly errors: z.ZodType;
  /** Answer of a problem, in that form. */
  answerOf(problem: Problem, request: FastifyRequest): HttpAnswer;
}
