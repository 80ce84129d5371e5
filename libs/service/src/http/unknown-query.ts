import type { FastifyRequest } from 'fastify';
import { pointerToken } from './json-body.ts';
import { invalidArgument } from './problem.ts';

/**
 * Refuses the query of a request that changes something: nothing of ours takes one there, and unknown fields are errors.
 * @throws ProblemError 400 with a pointer per name
 */
export function refuseQueryOfCommand({ url, query }: Pick<FastifyRequest, 'url' | 'query'>): void {
  if (!url.includes('?')) return;
  const errors = Object.keys(query as object).map((name) => ({
    pointer: `/${pointerToken(name)}`,
    detail: 'is not a known field',
  }));
  const [first, ...others] = errors;
  if (!first) return;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  throw invalidArgument(`${first.pointer} of the query: ${first.detail}${more}`, errors.slice(0, maxErrors));
}

/** Most places that one answer lists. */
const maxErrors = 20;

/**
 * Refuses a URL that has what no store keeps: NUL characters, or in its query bytes that are no UTF-8. Paths are the router's to refuse.
 * @throws ProblemError 400
 */
export function refuseBadQuery(url: string): void {
  if (!url.includes('%')) return;
  if (url.includes('%00')) throw invalidArgument('the URL has a NUL character');
  const begin = url.indexOf('?');
  if (begin === -1) return;
  try {
    decodeURIComponent(url.slice(begin));
  } catch {
    throw invalidArgument('the query of the URL is not percent-encoded UTF-8');
  }
}
