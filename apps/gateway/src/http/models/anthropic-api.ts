import { type ForeignApi, HttpAnswer } from '@tokengrid/service';
import { anthropicError, anthropicErrorOf } from '../../formats/anthropic/errors.ts';
import { requestIdOf } from './fastify-exchange.ts';
import { errorHeaders, mostRequestBytes } from './openai-api.ts';

/** Conventions of Anthropic's API. */
export const anthropicApi: ForeignApi = {
  keyHeader: 'x-api-key',
  bodyLimitBytes: mostRequestBytes,
  errors: anthropicError,
  answerOf: (problem, request) => {
    const id = requestIdOf(request);
    const headers = { ...errorHeaders(problem, id), 'request-id': id };
    return new HttpAnswer(problem.status, { ...anthropicErrorOf(problem), request_id: id }, headers);
  },
};
