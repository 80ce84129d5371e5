import { type ForeignApi, HttpAnswer, type Problem } from '@tokengrid/service';
import { openAiError, openAiErrorOf } from '../../formats/openai/errors.ts';
import { requestIdOf } from './fastify-exchange.ts';

/** Maximum size of a request to a model, in bytes: images are in it. */
export const mostRequestBytes = 20 * 2 ** 20;

/** Statuses after which the same request may succeed. */
const mayBeTriedAgain = new Set([408, 429, 500, 503]);

/** Headers of an error that SDKs read. */
export const errorHeaders = ({ status, headers }: Problem, requestId: string): Readonly<Record<string, string>> => ({
  ...headers,
  'content-type': 'application/json',
  'x-should-retry': String(mayBeTriedAgain.has(status) || headers['retry-after'] !== undefined),
  'x-request-id': requestId,
});

/** Conventions of OpenAI's API. */
export const openAiApi: ForeignApi = {
  bodyLimitBytes: mostRequestBytes,
  errors: openAiError,
  answerOf: (problem, request) =>
    new HttpAnswer(problem.status, openAiErrorOf(problem), errorHeaders(problem, requestIdOf(request))),
};
