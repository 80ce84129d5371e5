import type { IncomingHttpHeaders } from 'node:http';
import { storableText } from '@tokengrid/contracts';
import type { AttemptOutcome } from '../serving/routes.ts';
import type { UpstreamHead } from './upstream-call.ts';

/** Statuses of an upstream that blame the request: no other upstream would take it. */
const blamesRequest = new Set([400, 413, 415, 422]);
/** Time for which a busy upstream is left alone, where it does not state one. */
const busyMs = 1000;
const longestBusyMs = 600_000;
/** Maximum length of an upstream's message for the caller, in characters. */
const mostCharacters = 500;

/** What an upstream's status means for the attempt; `refused`: the request itself is at fault. */
export type Judgement = AttemptOutcome | { readonly kind: 'refused'; readonly status: number };

/** Judges a status that is not 2xx. */
export function judged({ status, headers }: UpstreamHead): Judgement {
  if (blamesRequest.has(status)) return { kind: 'refused', status };
  if (status === 401 || status === 403) return { kind: 'unauthorized' };
  if (status === 429) return { kind: 'busy', retryAfterMs: retryAfterMsOf(headers) ?? busyMs };
  const retryAfterMs = status === 503 ? retryAfterMsOf(headers) : undefined;
  return retryAfterMs === undefined ? { kind: 'failed' } : { kind: 'busy', retryAfterMs };
}

function retryAfterMsOf({ 'retry-after': after, 'retry-after-ms': afterMs }: IncomingHttpHeaders): number | undefined {
  const milliseconds = typeof afterMs === 'string' ? Number(afterMs) : Number(after ?? Number.NaN) * 1000;
  return milliseconds >= 0 ? Math.min(milliseconds, longestBusyMs) : undefined;
}

/** The message in an upstream's error, as OpenAI's API and most others have it. */
export function messageIn(body: string): string | undefined {
  let error: unknown;
  try {
    const { error: stated, message, detail } = JSON.parse(body) as Record<string, unknown>;
    error = stated ?? message ?? detail;
  } catch {
    return undefined;
  }
  const message = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)['message'] : error;
  return typeof message === 'string' && message !== '' ? storableText(mostCharacters, message) : undefined;
}
