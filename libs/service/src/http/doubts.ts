import type { EventStore } from '@tokengrid/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemAnswer } from './answers.ts';
import { placeOf } from './incoming-command.ts';
import { toJson } from './json-answer.ts';
import { type Problem, unavailable } from './problem.ts';

/** How old a look at the own database may be for an answer that says something is there. */
const readsLookMs = 250;

/**
 * Keeps a service from answering out of a database that lacks what is known to exist: 503 instead of a 404, an empty list or books that
 * balance because there is nothing in them. What is found to be there is believed while others' events are late; what is not found is not.
 */
export class Doubts {
  /** @param unsure why something that is not found may exist all the same */
  constructor(
    private readonly store: Pick<EventStore, 'behindBecause' | 'doubt'>,
    private readonly unsure: () => Promise<string | undefined>,
  ) {}

  /** What was noticed already. @throws ProblemError 503 */
  refuse(request: FastifyRequest): void {
    const { behindBecause } = this.store;
    if (behindBecause !== undefined && isOfTheApi(request)) throw unavailable(behindBecause);
  }

  /** Why an answer is not to be given, if so. */
  async about(request: FastifyRequest, status: number): Promise<Problem | undefined> {
    if (!isOfTheApi(request) || request.is404) return undefined;
    let doubt: string | undefined;
    if (status === 404) doubt = await this.unsure();
    else if (status < 400 && (request.method === 'GET' || request.method === 'HEAD'))
      doubt = await this.store.doubt(readsLookMs);
    return doubt === undefined ? undefined : unavailable(doubt).problem;
  }
}

/** Health, metrics and documents say what they say whatever the database holds. */
const isOfTheApi = ({ url }: FastifyRequest) => url.startsWith('/v1/');

/** Sends what was to be answered, or 503 where that is doubted; where the doubt itself can't be looked into, what was to be answered. */
export async function answerUndoubted(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const problem = await request.server.doubts.about(request, reply.statusCode).catch(() => undefined);
  if (!problem) return payload;
  const { status, headers, body } = problemAnswer(problem, placeOf(request));
  reply.removeHeader('content-length');
  reply.code(status).headers(headers);
  return toJson(body);
}
