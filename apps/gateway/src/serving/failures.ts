import { type Problem, problem, ProblemError } from '@tokengrid/service';
import { NoRoute } from './routes.ts';
import { type SpendingEnded, Unpayable } from './purse.ts';

/** Time after which a request may be tried again, where nobody knows better. */
const retryMs = 1000;

const retryAfter = (milliseconds: number = retryMs) => ({
  'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1000))),
});

/** 503: the request may be tried again. */
export const unavailable = (detail: string, retryAfterMs?: number): Problem =>
  problem(503, 'UNAVAILABLE', detail, {}, retryAfter(retryAfterMs));

const quota = (code: string, detail: string): Problem => problem(402, code, detail);

/** Problem of a request that can't be paid. */
function problemOfUnpayable({ why, message, retryAfterMs }: Unpayable): Problem {
  switch (why) {
    case 'insufficient-tokens':
      return quota('GATEWAY.INSUFFICIENT_TOKENS', message);
    case 'limit-exceeded':
      return quota('GATEWAY.LIMIT_EXCEEDED', message);
    case 'frozen':
    case 'suspended':
      return problem(403, 'PERMISSION_DENIED', message);
    case 'unknown-terms':
    case 'unavailable':
      return unavailable(message, retryAfterMs);
  }
}

/** Problem of a request that no offer can serve. */
export function problemOfNoRoute({ why, message, retryAfterMs }: NoRoute): Problem {
  switch (why) {
    case 'unknown-model':
      return problem(404, 'GATEWAY.UNKNOWN_MODEL', message, { errors: [{ pointer: '/model', detail: message }] });
    case 'not-allowed':
      return problem(403, 'PERMISSION_DENIED', message);
    case 'none-healthy':
      return unavailable(message, retryAfterMs);
  }
}

/** Problem of an answer that is cut off. */
export function problemOfEnd({ why, message }: SpendingEnded): Problem {
  switch (why) {
    case 'tokens-ran-out':
    case 'limit-lowered':
      return quota('GATEWAY.INSUFFICIENT_TOKENS', message);
    case 'frozen':
    case 'suspended':
      return problem(403, 'PERMISSION_DENIED', message);
    case 'key-revoked':
    case 'key-expired':
      return problem(401, 'UNAUTHENTICATED', message);
    case 'needed':
    case 'unavailable':
      return unavailable(message);
  }
}

/** An error of the seams as the problem that it is answered with; any other error as it is. */
export function told(error: unknown): unknown {
  if (error instanceof Unpayable) return new ProblemError(problemOfUnpayable(error));
  return error instanceof NoRoute ? new ProblemError(problemOfNoRoute(error)) : error;
}
