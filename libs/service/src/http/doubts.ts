import type { EventStore } from '@tokengrid/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerInForm } from './follows.ts';
import { toJson } from './json-answer.ts';
import { type Problem, unavailable } from './problem.ts';

/** Maximum age of the database check behind an answer that claims presence. */
const readsLookMs = 250;

/**
 * Refuses answers from a database that lacks rows known to exist: 503 instead of a 404, an empty
 * list or books that balance because they are empty. Rows that are found are trusted while foreign
 * events are late.
 */
export class Doubts {
  /** @param unsure reason why a missing row may exist all the same */
  constructor(
    private readonly store: Pick<EventStore, 'behindBecause' | 'doubt'>,
    private readonly unsure: () => Promise<string | undefined>,
  ) {}

  /** Refuses the request if a doubt is already known. @throws ProblemError 503 */
  refuse(request: FastifyRequest): void {
    const { behindBecause } = this.store;
    if (behindBecause !== undefined && isOfTheApi(request)) throw unavailable(behindBecause);
  }

  /** Problem to answer instead, if the answer is in doubt. */
  async about(request: FastifyRequest, status: number): Promise<Problem | undefined> {
    if (!isOfTheApi(request) || request.is404) return undefined;
    let doubt: string | undefined;
    if (status === 404) doubt = await this.unsure();
    else if (status < 400 && (request.method === 'GET' || request.method === 'HEAD'))
      doubt = await this.store.doubt(readsLookMs);
    return doubt === undefined ? undefined : unavailable(doubt).problem;
  }
}

/** Excludes health, metrics and documents, which do not depend on the database. */
const isOfTheApi = ({ url, routeOptions }: FastifyRequest) =>
  url.startsWith('/v1/') || url.startsWith('/api/v1/') || routeOptions.config?.passes === true;

/**
 * Sends the answer, or 503 if it is in doubt. If the doubt can't be checked, the answer is sent.
 */
export async function answerUndoubted(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const problem = await request.server.doubts.about(request, reply.statusCode).catch(() => undefined);
  if (!problem) return payload;
  const { status, headers, body } = answerInForm(problem, request);
  reply.removeHeader('content-length');
  reply.code(status).headers(headers);
  return toJson(body);
}
