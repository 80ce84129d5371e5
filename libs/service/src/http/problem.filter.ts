import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '@nestjs/common';
import { UnreadableEvent } from '@tokengrid/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { problemAnswer } from './answers.ts';
import { pathOf, placeOf } from './incoming-command.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { problemOfError } from './problem-of-error.ts';
import { sendAnswer } from './service-adapter.ts';

/** Answers every error, Nest's and Fastify's own included, as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    try {
      const first = await request.server.answering.ofRepeat(error, request.incoming);
      if (first) sendAnswer(reply, first);
      else answerError(error, request, reply, this.log);
    } catch (failure) {
      answerError(failure, request, reply, this.log);
    }
  }
}

/** Answers an error, as {@link problemTold} has it. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  // A client that hung up in the middle of its request is no failure of ours, and nobody is there to read an answer.
  if (reply.sent || (request.raw.destroyed && !request.raw.complete)) return;
  sendAnswer(reply, problemAnswer(problemTold(error, request, log), placeOf(request)));
}

/** What an error is told as; one that nobody expected is logged with the correlator that it is told with. */
export function problemTold(error: unknown, request: FastifyRequest, log: Logger): Problem {
  const expected = problemOfError(error);
  // What the store finds it tells itself; this is what a read stumbled on.
  if (error instanceof UnreadableEvent) log.error({ err: error, correlator: request.id }, error.message);
  if (expected !== undefined) return expected;
  log.error({ err: error, correlator: request.id, method: request.method, path: pathOf(request.url) }, 'unexpected');
  return problem(500, 'INTERNAL', `this should not have happened; the log has it under ${request.id}`);
}
