import type { FastifyRequest } from 'fastify';
import { pointerToken } from './json-members.ts';
import { invalidArgument } from './problem.ts';

/**
 * Refuses a query on a read whose handler takes none. Other reads check theirs by its schema.
 * @throws ProblemError 400 with a pointer per name
 */
export function refuseUntakenQuery(request: FastifyRequest): void {
  const { url = '', config } = request.routeOptions;
  if (url.startsWith('/v1/') && config.takesQuery === false) refuseQuery(request);
}

/**
 * Refuses a query, as on every request that changes something: no such route takes one.
 * @throws ProblemError 400 with a pointer per name
 */
export function refuseQuery({ url, query }: Pick<FastifyRequest, 'url' | 'query'>): void {
  if (!url.includes('?')) return;
  const errors = Object.keys(query as object).map((name) => ({
    pointer: `/${pointerToken(name)}`,
    detail: 'unknown field',
  }));
  const [first, ...others] = errors;
  if (!first) return;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  throw invalidArgument(`${first.pointer} of the query: ${first.detail}${more}`, errors.slice(0, maxErrors));
}

/** Maximum number of errors that one answer lists. */
const maxErrors = 20;

/**
 * Refuses a URL with a NUL character, or with bytes in its query that are not UTF-8; the router
 * checks the path.
 * @throws ProblemError 400
 */
export function refuseBadQuery(url: string): void {
  if (!url.includes('%')) return;
  if (url.includes('%00')) throw invalidArgument('the URL contains a NUL character');
  const begin = url.indexOf('?');
  if (begin === -1) return;
  try {
    decodeURIComponent(url.slice(begin));
  } catch {
    throw invalidArgument('the query of the URL is not percent-encoded UTF-8');
  }
}
