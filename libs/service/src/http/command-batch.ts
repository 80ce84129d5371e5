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

/** A command inside of a batch, as it would be sent to a route of its own. */
export interface BatchMember {
  readonly idempotencyKey: string;
  /** The path of its own route: what the key is scoped by. */
  readonly path: string;
  /** What its own route requires of the caller's key. */
  readonly scope: Scope;
  /** The body that its own route would be sent, unread. */
  readonly body: unknown;
}

/** The key of a command inside of a batch; what the header Idempotency-Key is to a request of its own. */
export const batchIdempotencyKey = z.string().min(1).max(maxIdempotencyKeyLength).meta({
  description: 'Key of the command; the same key on its own route is the same command',
  example: 'order-4711',
});

/** What each command of a batch was answered, in the order sent. */
export const BatchAnswer = z
  .strictObject({
    outcomes: z.array(
      z
        .strictObject({
          idempotencyKey: z
            .string()
            .nullable()
            .meta({ description: 'Key of the command; null where none could be read' }),
          status: z.int().meta({ description: "Status of the command's own route" }),
          location: z.string().optional().meta({ description: 'Path of the outcome, with a 202' }),
          body: z.looseObject({}).meta({ description: "Body of the command's own route" }),
        })
        .meta({ example: { idempotencyKey: 'order-4711', status: 201, body: { status: 'sent' } } }),
    ),
  })
  .meta({ id: 'BatchAnswer', description: 'Outcome of each command, in the order sent' });

/** One place in a {@link BatchAnswer}. */
export interface MemberAnswer {
  readonly idempotencyKey: string | null;
  readonly status: number;
  readonly location?: string;
  readonly body: unknown;
}

/**
 * A request that brings many commands. Each is a command of its own: it has the id that it would have as a single request, so that
 * either way it is done once and answered the same, and it fails alone.
 */
export class CommandBatch {
  constructor(private readonly request: FastifyRequest) {}

  /** The body of a command as it came, which its input hash is of. Batches are `{"commands":[{"body":…}]}`. */
  bodyOf(index: number): unknown {
    const { commands } = this.request.body as { readonly commands: readonly { readonly body?: unknown }[] };
    return commands[index]?.body;
  }

  /**
   * Carries out one command. What it throws is its answer, too.
   * @param submit called in this turn of the event loop: commands submitted one after the other are decided in this order
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

  /** What a member is answered that is no command. @param index its place in the batch */
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
