import { createParamDecorator } from '@nestjs/common';
import type { Outcome } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HttpAnswer } from './answers.ts';
import { problemAnswer } from './answers.ts';
import type { IncomingCommand } from './incoming-command.ts';
import { placeOf } from './incoming-command.ts';
import { problemTold } from './problem.filter.ts';
import type { Issue } from './validation.pipe.ts';
import { problemOfIssues } from './validation.pipe.ts';

/** Answer to one item of a batch. */
export interface ItemAnswer {
  readonly status: number;
  /** Path of the outcome, with a 202. */
  readonly location?: string;
  readonly body: unknown;
}

/** Schema of the answers to items, in the order sent. @param example body of a good one */
export const itemsAnswer = (example: object) =>
  z.strictObject({
    outcomes: z.array(
      z
        .strictObject({
          status: z.int().meta({ description: 'Status of the item' }),
          location: z.string().optional().meta({ description: 'Path of the outcome, with a 202' }),
          body: z.looseObject({}).meta({ description: 'Answer to the item, or its problem' }),
        })
        .meta({ example: { status: 201, body: example } }),
    ),
  });

/**
 * A request with many items under one Idempotency-Key. Each is a command of its own, by the key and
 * its place, so that a repeat is answered alike item by item, and each fails alone.
 */
export class ItemBatch {
  constructor(private readonly http: FastifyRequest) {}

  /** The request as a whole. */
  get request(): IncomingCommand {
    return this.http.server.commandReader.read(this.http);
  }

  /** Command of an item. Its input is the whole body. @param index place in the batch */
  command(index: number): IncomingCommand {
    return this.http.server.commandReader.readItem(this.http, index);
  }

  /** Answer of an item's outcome; an error becomes its answer. */
  async answer(outcome: Promise<Outcome<DomainEvent>>): Promise<ItemAnswer> {
    const { answering, errorLog } = this.http.server;
    try {
      return placed(await answering.of(await outcome, this.request.isRepeatInFlight));
    } catch (error) {
      const problem = problemTold(error, this.http, errorLog);
      return placed(problemAnswer(problem, placeOf(this.http)));
    }
  }

  /** Answer to an item that is invalid. @param pointer to the item in the body */
  misshapen(pointer: string, issues: readonly Issue[]): ItemAnswer {
    return placed(problemAnswer(problemOfIssues(issues, pointer).problem, placeOf(this.http)));
  }
}

function placed({ status, body, headers }: HttpAnswer): ItemAnswer {
  const { location } = headers;
  return location === undefined ? { status, body } : { status, location, body };
}

/** Parameter decorator: the {@link ItemBatch} of a request. */
export const Items = createParamDecorator(
  (_data: unknown, context): ItemBatch => new ItemBatch(context.switchToHttp().getRequest<FastifyRequest>()),
);
