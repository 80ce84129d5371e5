import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { HttpAnswer } from './answers.ts';
import { toJson } from './json-answer.ts';
import { answerBeforeBody, hasLargeUnreadBody } from './unread-body.ts';

/** The adapter's types follow another copy of Fastify's declarations; at run time they are the same objects. */
type Reply = Parameters<FastifyAdapter['reply']>;

/** Nest's adapter to Fastify, which sends an {@link HttpAnswer} as it is instead of with the route's own status. */
export class ServiceAdapter extends FastifyAdapter {
  override reply(response: Reply[0], body: Reply[1], statusCode?: number): ReturnType<FastifyAdapter['reply']> {
    if (!((body as unknown) instanceof HttpAnswer)) return super.reply(response, body, statusCode);
    return sendAnswer(response as unknown as FastifyReply, body) as unknown as ReturnType<FastifyAdapter['reply']>;
  }
}

/** Sends an answer, politely where the request's body is still on its way. */
export function sendAnswer(reply: FastifyReply, { status, body, headers }: HttpAnswer): FastifyReply {
  reply.status(status).headers(headers);
  if (status >= 400) {
    if (hasLargeUnreadBody(reply.request, reply.server.initialConfig.bodyLimit ?? 0)) {
      answerBeforeBody(reply, status, toJson(body));
      return reply;
    }
    // Fastify closes the connection after a body that could not be parsed; here all of it was read, or soon is.
    reply.removeHeader('connection');
  }
  return reply.send(body);
}
