import { FastifyAdapter, RouteConfig } from '@nestjs/platform-fastify';
import type { Outcome } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import type { FastifyInstance, FastifyReply, RouteHandlerMethod } from 'fastify';
import { HttpAnswer, isOutcome } from './answers.ts';
import { toJson } from './json-answer.ts';
import { isPage, sealed } from './list-cursors.ts';
import { answerBeforeBody, hasLargeUnreadBody } from './unread-body.ts';

/**
 * The adapter's types come from another copy of Fastify's declarations; at run time the objects are
 * the same.
 */
type Reply = Parameters<FastifyAdapter['reply']>;
type Replied = ReturnType<FastifyAdapter['reply']>;

/**
 * Nest's Fastify adapter, which sends an {@link HttpAnswer} unchanged, and an `Outcome` as the
 * answer of its events. It is no interceptor: Nest's interceptors cost 25 µs a request, as much as
 * the rest of a small one (measured: 28,000 against 11,000 requests/s).
 */
export class ServiceAdapter extends FastifyAdapter {
  /** Registers a handler of any method, with its settings, which Nest leaves out here. */
  override all(...[url, handler]: readonly unknown[]): unknown {
    const server = this.getInstance() as unknown as FastifyInstance;
    const config: object = Reflect.getMetadata(RouteConfig({}).KEY, handler as object) ?? {};
    return server.route({
      method: server.supportedMethods,
      ...{ url: url as string, handler: handler as RouteHandlerMethod, config },
    });
  }

  override reply(response: Reply[0], body: Reply[1], statusCode?: number): Replied {
    const value: unknown = body;
    if (value instanceof HttpAnswer)
      return sendAnswer(response as unknown as FastifyReply, value) as unknown as Replied;
    if (isOutcome(value)) return answerOutcome(response as unknown as FastifyReply, value) as unknown as Replied;
    const sent = isPage(value) ? sealed((response as unknown as FastifyReply).request, value) : body;
    return super.reply(response, sent as Reply[1], statusCode);
  }
}

/**
 * Answers with an outcome. Nest awaits the result of `reply` and handles its errors like a
 * controller's.
 */
async function answerOutcome(reply: FastifyReply, outcome: Outcome<DomainEvent>): Promise<void> {
  const { server, incoming } = reply.request;
  sendAnswer(reply, await server.answering.of(outcome, incoming?.isRepeatInFlight ?? false));
}

/** Sends an answer, after reading the rest of the request's body if it is still arriving. */
export function sendAnswer(reply: FastifyReply, { status, body, headers }: HttpAnswer): FastifyReply {
  reply.status(status).headers(headers);
  if (status >= 400) {
    if (hasLargeUnreadBody(reply.request, reply.server.initialConfig.bodyLimit ?? 0)) {
      answerBeforeBody(reply, status, toJson(body));
      return reply;
    }
    // Fastify closes the connection after a body that could not be parsed; this body was read, or
    // soon is.
    reply.removeHeader('connection');
  }
  return reply.send(body);
}
