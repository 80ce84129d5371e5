import type { FastifyRequest } from 'fastify';
import { canonicalJson } from '@tokengrid/contracts';
import { foreignCursor, type Page } from './pages.ts';
import { routePathOf } from './route-path.ts';

/*
 * A cursor is the key of a place in a list, and behind it a tag over the key and the list: its
 * path, and the query that it was asked by. So a cursor of another list is refused, of other
 * filters or another order, and one that nobody issued. Handlers see keys alone.
 */

/** Length of a tag. */
const tagLength = 16;

/** Parameters that may change from page to page, or from a page to the whole list as CSV. */
const ofPages: readonly string[] = ['cursor', 'limit', 'format', 'bom'];

/** True if a controller returned a page of a list. */
export function isPage(body: unknown): body is Page<unknown> {
  return typeof body === 'object' && body !== null && 'nextCursor' in body && 'data' in body;
}

/** A page with the cursor that callers see. */
export function sealed(request: FastifyRequest, page: Page<unknown>): Page<unknown> {
  const { nextCursor: key } = page;
  return key === null ? page : { ...page, nextCursor: key + tagOf(request, key) };
}

/**
 * Replaces the cursor of a request by its key.
 * @throws ProblemError 400 for a cursor that the list did not issue
 */
export function openCursor(request: FastifyRequest): void {
  const query = request.query as { cursor?: unknown };
  const { cursor } = query;
  // Of several ones, or where the list takes none, the query's schema tells.
  if (typeof cursor !== 'string' || !request.routeOptions.config.takesQuery) return;
  const key = cursor.slice(0, -tagLength);
  if (key === '' || cursor !== key + tagOf(request, key)) throw foreignCursor();
  query.cursor = key;
}

function tagOf(request: FastifyRequest, key: string): string {
  const asked = Object.entries(request.query as object).filter(([name]) => !ofPages.includes(name));
  const list = canonicalJson([routePathOf(request), Object.fromEntries(asked)]);
  return request.server.commandReader.tagOf('cursor', `${key}\n${list}`);
}
