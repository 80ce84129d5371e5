import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch } from '@nestjs/common';
import { UnreadableEvent } from '@tokengrid/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { answerInForm } from './follows.ts';
import { pathOf } from './incoming-command.ts';
import type { Problem } from './problem.ts';
import { problem } from './problem.ts';
import { problemOfError } from './problem-of-error.ts';
import { sendAnswer } from './service-adapter.ts';

/**
 * Answers every error, Nest's and Fastify's own included, as `application/problem+json`, or in the
 * form of the API that its route follows.
 */
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

/** Answers an error with the problem of {@link problemTold}. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  // A client that hung up during its request is no fault of ours, and reads no answer.
  if (reply.sent || (request.raw.destroyed && !request.raw.complete)) return;
  sendAnswer(reply, answerInForm(problemTold(error, request, log), request));
}

/** Problem of an error; an unexpected error is logged with the same correlator. */
export function problemTold(error: unknown, request: FastifyRequest, log: Logger): Problem {
  const expected = problemOfError(error);
  // The store logs its own findings; this error comes from a read.
  if (error instanceof UnreadableEvent) log.error({ err: error, correlator: request.id }, error.message);
  if (expected !== undefined) return expected;
  log.error({ err: error, correlator: request.id, method: request.method, path: pathOf(request.url) }, 'unexpected');
  return problem(500, 'INTERNAL', `unexpected error; see ${request.id} in the log`);
}
