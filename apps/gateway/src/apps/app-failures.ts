import { problem, ProblemError } from '@tokengrid/service';
import { told, problemOfEnd, unavailable } from '../serving/failures.ts';
import { SpendingEnded } from '../serving/purse.ts';
import { UpstreamStalled } from '../upstream/upstream-call.ts';
import { UpstreamBusy } from '../upstream/upstreams.ts';

/** Code of undici's error for a connection that was not made in time. */
const connectTimeout = 'UND_ERR_CONNECT_TIMEOUT';

/** An error of a call to an app as the problem that its caller is told. */
export function problemOfCall(error: unknown): ProblemError {
  const known = told(error);
  if (known instanceof ProblemError) return known;
  if (error instanceof SpendingEnded) return new ProblemError(problemOfEnd(error));
  if (error instanceof UpstreamBusy)
    return new ProblemError(unavailable('the app has as many requests as it may have'));
  const { code } = error as { readonly code?: unknown };
  if (error instanceof UpstreamStalled || code === connectTimeout)
    return new ProblemError(problem(504, 'GATEWAY.APP_TIMED_OUT', 'the app did not answer in time'));
  return new ProblemError(problem(502, 'GATEWAY.APP_UNREACHABLE', 'the app can not be reached, or broke off'));
}

/** What the log may say of an error: addresses and texts of others are no matter of it. */
export const causeOf = (error: unknown): string => {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return String(code ?? name);
};

/** True for a connection that was closed before an answer came. */
export const isReset = (error: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(String((error as { readonly code?: unknown }).code));
