import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { from, lastValueFrom, mergeMap } from 'rxjs';
import type { Answering } from './answers.ts';
import { isOutcome } from './answers.ts';
import type { CommandsInFlight } from './in-flight.ts';
import { idempotencyKeyOf } from './incoming-command.ts';

/**
 * Turns an {@link Outcome} that a controller returns into the answer of its events, and lets a repeat wait for the first.
 * Anything else that a controller returns is its body.
 */
export class OutcomeInterceptor implements NestInterceptor {
  constructor(
    private readonly answering: Answering,
    private readonly inFlight: CommandsInFlight,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const answered = (value: unknown) => this.#answered(value);
    if (request.method === 'GET' || idempotencyKeyOf(request) === undefined) {
      return next.handle().pipe(mergeMap(answered));
    }
    const { id } = request.server.commandReader.read(request);
    return from(this.inFlight.alone(id, () => lastValueFrom(next.handle()))).pipe(mergeMap(answered));
  }

  async #answered(value: unknown): Promise<unknown> {
    return isOutcome(value) ? this.answering.of(value) : value;
  }
}
