import type { ForeignApi, Problem } from '@tokengrid/service';
import type { FastifyRequest } from 'fastify';
import { attributeScopes } from '../../callers/userinfo.ts';
import { oauthAnswer, oauthApi } from './oauth-api.ts';

/** Errors of a protected resource (RFC 6750, 3.1), by status. */
const errors: Readonly<Record<number, string>> = { 401: 'invalid_token', 403: 'insufficient_scope' };

/** Conventions of a resource that tokens open: errors of RFC 6750, in the form of OAuth's. */
export const userinfoApi: ForeignApi = {
  ...oauthApi,
  answerOf(problem: Problem, request: FastifyRequest) {
    const error = errors[problem.status];
    if (error === undefined) return oauthApi.answerOf(problem, request);
    const challenge = challengeOf(error, problem.detail, request);
    return oauthAnswer(error, { ...problem, headers: { 'www-authenticate': challenge } });
  },
};

/** Without a token, the challenge has no error: nothing was wrong with it (RFC 6750, 3.1). */
function challengeOf(error: string, detail: string, { headers }: FastifyRequest): string {
  if (headers.authorization === undefined) return 'Bearer';
  const scope = error === 'insufficient_scope' ? `, scope="${Object.values(attributeScopes).join(' ')}"` : '';
  return `Bearer error="${error}", error_description="${detail}"${scope}`;
}
