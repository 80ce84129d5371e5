import { type ForeignApi, HttpAnswer, type Problem } from '@tokengrid/service';
import { z } from 'zod';

/** Maximum size of a request to the authorization server, in bytes. */
const mostRequestBytes = 16 * 1024;

const oauthError = z
  .strictObject({ error: z.string(), error_description: z.string().optional(), scope: z.string().optional() })
  .meta({ example: { error: 'invalid_client', error_description: 'client authentication failed' } });

/** Conventions of OAuth: errors of RFC 6749, 5.2. */
export const oauthApi: ForeignApi = {
  bodyLimitBytes: mostRequestBytes,
  takesForms: true,
  errors: oauthError,
  answerOf: (problem: Problem) => oauthAnswer(errorOf(problem.status), problem),
};

/** Answer of a problem by the name that OAuth has for the error. */
export const oauthAnswer = (error: string, { status, detail, headers }: Problem): HttpAnswer =>
  new HttpAnswer(
    status,
    { error, error_description: detail },
    { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' },
  );

function errorOf(status: number): string {
  if (status === 503) return 'temporarily_unavailable';
  return status < 500 ? 'invalid_request' : 'server_error';
}
