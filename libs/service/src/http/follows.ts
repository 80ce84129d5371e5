import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type HttpAnswer, problemAnswer } from './answers.ts';
import type { ForeignApi } from './foreign-api.ts';
import { placeOf } from './incoming-command.ts';
import type { Problem } from './problem.ts';
import { routeSetting, type RouteSettings } from './route-settings.ts';

/** Declares that a route follows an API of others. */
export const Follows = (foreign: ForeignApi): MethodDecorator => routeSetting({ foreign });

/** The API of others that a handler follows, if any. */
export function foreignApiOf(handler: object): ForeignApi | undefined {
  const settings: RouteSettings | undefined = Reflect.getMetadata(RouteConfig({}).KEY, handler);
  return settings?.foreign;
}

/** Answer of a problem in the form of its route. */
export function answerInForm(problem: Problem, request: FastifyRequest): HttpAnswer {
  const foreign = request.routeOptions?.config?.foreign;
  return foreign ? foreign.answerOf(problem, request) : problemAnswer(problem, placeOf(request));
}

/** The value of `authorization`, by whichever header of its route the key came. */
export function authorizationOf({ headers, routeOptions }: FastifyRequest): string | undefined {
  const { keyHeader } = routeOptions.config.foreign ?? {};
  const key = keyHeader === undefined ? undefined : headers[keyHeader];
  return headers.authorization ?? (typeof key === 'string' ? `Bearer ${key}` : undefined);
}

/** Headers that were set for an answer, for a handler that sends it past Fastify. */
export const headersOf = (reply: FastifyReply): Readonly<Record<string, string>> =>
  reply.getHeaders() as Record<string, string>;
