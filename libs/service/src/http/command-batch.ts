import { createParamDecorator } from '@nestjs/common';
import type { Outcome } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { hasScope } from '../auth/principal.ts';
import type { Scope } from '../scopes.ts';
import type { HttpAnswer } from './answers.ts';
import { problemAnswer } from './answers.ts';
import type { IncomingCommand } from './incoming-command.ts';
import { maxIdempotencyKeyLength, placeOf } from './incoming-command.ts';
import { permissionDenied } from './problem.ts';
import { problemTold } from './problem.filter.ts';
import type { Issue } from './validation.pipe.ts';
import { problemOfIssues } from './validation.pipe.ts';

/** A command of a batch, as its own route would receive it. */
export interface BatchMember {
  readonly idempotencyKey: string;
  /** Path of the command's own route: scope of its idempotency key. */
  readonly path: string;
  /** Scope that the command's own route requires. */
  readonly scope: Scope;
  /** Body for the command's own route, not yet parsed. */
  readonly body: unknown;
}

/** Idempotency key of a command of a batch, like the header Idempotency-Key of a single request. */
export const batchIdempotencyKey = z.string().min(1).max(maxIdempotencyKeyLength).meta({
  description: 'Key of the command; the same key on its own route is the same command',
  example: 'order-4711',
});

/** Answers to the commands of a batch, in the order sent. */
export const BatchAnswer = z
  .strictObject({
    outcomes: z.array(
      z
        .strictObject({
          idempotencyKey: z
            .string()
            .nullable()
            .meta({ description: 'Key of the command; null if it could not be read' }),
          status: z.int().meta({ description: "Status of the command's own route" }),
          location: z.string().optional().meta({ description: 'Path of the outcome, with a 202' }),
          body: z.looseObject({}).meta({ description: "Body of the command's own route" }),
        })
        .meta({ example: { idempotencyKey: 'order-4711', status: 201, body: { status: 'sent' } } }),
    ),
  })
  .meta({ id: 'BatchAnswer', description: 'Outcome of each command, in the order sent' });

/** One entry of a {@link BatchAnswer}. */
export interface MemberAnswer {
  readonly idempotencyKey: string | null;
  readonly status: number;
  readonly location?: string;
  readonly body: unknown;
}

/**
 * A request with many commands. Each has the id that it would have as a single request, so that it
 * is carried out once and answered the same either way, and it fails alone.
 */
export class CommandBatch {
  constructor(private readonly request: FastifyRequest) {}

  /**
   * Raw body of a command, over which its input hash is computed. Batches are
   * `{"commands":[{"body":…}]}`.
   */
  bodyOf(index: number): unknown {
    const { commands } = this.request.body as { readonly commands: readonly { readonly body?: unknown }[] };
    return commands[index]?.body;
  }

  /**
   * Carries out one command. An error becomes the command's answer.
   * @param submit called in this turn of the event loop: commands submitted one after another are
   * decided in that order
   */
  async answer(
    member: BatchMember,
    submit: (incoming: IncomingCommand) => Promise<Outcome<DomainEvent>>,
  ): Promise<MemberAnswer> {
    const { principal, server } = this.request;
    const { idempotencyKey, path, scope } = member;
    try {
      if (!hasScope(principal, scope)) throw permissionDenied(`the API key lacks the scope ${scope}`);
      const incoming = server.commandReader.readMember(this.request, member);
      return placed(idempotencyKey, await this.outcome(incoming, submit));
    } catch (error) {
      return placed(
        idempotencyKey,
        problemAnswer(problemTold(error, this.request, server.errorLog), `${server.basePath}${path}`),
      );
    }
  }

  private async outcome(
    incoming: IncomingCommand,
    submit: (incoming: IncomingCommand) => Promise<Outcome<DomainEvent>>,
  ): Promise<HttpAnswer> {
    const { answering } = this.request.server;
    try {
      return await answering.of(await submit(incoming), incoming.isRepeatInFlight);
    } catch (error) {
      const first = await answering.ofRepeat(error, incoming);
      if (first) return first;
      throw error;
    }
  }

  /** Answer to a member that is no valid command. @param index its place in the batch */
  misshapen(index: number, sent: unknown, issues: readonly Issue[]): MemberAnswer {
    const { idempotencyKey } = (sent ?? {}) as { readonly idempotencyKey?: unknown };
    const { problem } = problemOfIssues(issues, `/commands/${index}`);
    return placed(
      typeof idempotencyKey === 'string' ? idempotencyKey : null,
      problemAnswer(problem, placeOf(this.request)),
    );
  }
}

function placed(idempotencyKey: string | null, { status, body, headers }: HttpAnswer): MemberAnswer {
  const { location } = headers;
  return location === undefined ? { idempotencyKey, status, body } : { idempotencyKey, status, location, body };
}

/** Parameter decorator: the {@link CommandBatch} of a request. */
export const Batch = createParamDecorator(
  (_data: unknown, context): CommandBatch => new CommandBatch(context.switchToHttp().getRequest<FastifyRequest>()),
);
