import { METHODS } from 'node:http';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Logger } from 'pino';
import type { Access } from '../auth/access-rule.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { anonymousPrincipal, type Principal } from '../auth/principal.ts';
import type { BaseConfig } from '../config/base-config.ts';
import { settleMediaType } from './accept.ts';
import type { Answering } from './answers.ts';
import { AllowedMethods } from './allowed-methods.ts';
import { refuseEncodedBody } from './content-encoding.ts';
import { correlatorHeader, correlatorOf, refuseBadCorrelator } from './correlation.ts';
import { type CommandReader, type IncomingCommand, pathOf, refuseBadIdempotencyKey } from './incoming-command.ts';
import { authorizationOf } from './follows.ts';
import { openCursor } from './list-cursors.ts';
import { answerUndoubted, type Doubts } from './doubts.ts';
import { toJson } from './json-answer.ts';
import { parseJsonBody } from './json-body.ts';
import { invalidArgument, problem, ProblemError, problemType } from './problem.ts';
import { answerError } from './problem.filter.ts';
import { answerClientError, answerWhatNodeWould, refuseBadHost } from './raw-errors.ts';
import { refuseRepeatedHeaders } from './repeated-headers.ts';
import { maxPathParameterLength } from './route-path.ts';
import type { RouteSettings } from './route-settings.ts';
import { ServiceAdapter } from './service-adapter.ts';
import { refuseBadQuery, refuseQuery, refuseUntakenQuery } from './unknown-query.ts';
import { Upgrades } from './upgrades.ts';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
    /** Media type of a read's answer, if the caller sent `Accept`. */
    answersIn: string | undefined;
    incoming: IncomingCommand | undefined;
    /** Ids of the commands of a batch request. */
    members: string[] | undefined;
    /** Raw body, for a route that keeps it. */
    bodyBytes: Buffer | undefined;
  }
  interface FastifyInstance {
    commandReader: CommandReader;
    authenticator: Authenticator;
    answering: Answering;
    doubts: Doubts;
    /** Path prefix that a proxy removes from callers' paths. */
    basePath: string;
    /** Every route with its access rule: what the guard goes by. */
    guarded: GuardedRoute[];
    /** Log for unexpected errors. */
    errorLog: Logger;
  }
}

/** A route, and the callers that it admits. */
export interface GuardedRoute {
  readonly method: string;
  /** With its parameters: `/v1/wallets/:walletId`. */
  readonly path: string;
  readonly access: Access;
}

/** Every method of Node's parser, but for the one that asks for a tunnel through a proxy. */
const methodsPassedOn = METHODS.filter((method) => method !== 'CONNECT');

/** Paths of Swagger UI and the OpenAPI document, whose routes carry no settings of ours. */
const documentation = /^\/(docs(\/|$)|openapi\.json$)/;

/**
 * Fastify with the settings of all services: bounded bodies, problem documents, a correlator on
 * every answer, and no route without an access rule. Authentication is a hook and not a Nest guard,
 * because a hook runs before the body is read: a caller without the right can't make the service
 * read 8 MiB.
 */
export function serviceAdapter(config: BaseConfig, log: Logger): ServiceAdapter {
  const upgrades = new Upgrades();
  const adapter = new ServiceAdapter({
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestTimeoutMs,
    routerOptions: { maxParamLength: maxPathParameterLength },
    // Node takes the time limit of a request only with that of its headers, when the server is
    // created.
    http: {
      requestTimeout: config.requestTimeoutMs,
      headersTimeout: config.requestTimeoutMs,
      connectionsCheckingInterval: Math.ceil(config.requestTimeoutMs / 4),
      // Node would answer with a status and no body: see `refuseBadHost`.
      requireHostHeader: false,
      shouldUpgradeCallback: (request) => upgrades.takes(request),
    },
    genReqId: correlatorOf,
    // Requests on open connections are still served during shutdown; the connection closes after
    // them.
    return503OnClosing: false,
    // Nest's middleware is not used, so nothing has to run before the router.
    skipMiddie: true,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: FastifyError, request: unknown, reply: unknown) =>
      answerBadUrl(error, request as FastifyRequest, reply as FastifyReply, log),
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  answerWhatNodeWould(server.server);
  upgrades.routeOn(server);
  for (const method of methodsPassedOn)
    if (!server.supportedMethods.includes(method)) server.addHttpMethod(method, { hasBody: true });
  server.decorateRequest('principal', null as never);
  server.decorateRequest('answersIn', undefined);
  server.decorateRequest('incoming', undefined);
  server.decorateRequest('members', undefined);
  server.decorateRequest('bodyBytes', undefined);
  server.decorate('errorLog', log);
  server.decorate('guarded', []);
  server.setReplySerializer(toJson);
  acceptJson(server);
  const methods = new AllowedMethods();
  server.addHook('onRoute', (route) => {
    completeRoute(route, config);
    const { access } = route.config as { readonly access: Access };
    for (const method of [route.method].flat()) server.guarded.push({ method, path: route.url, access });
    if (route.config?.passes) upgrades.add(route.url);
    for (const method of [route.method].flat()) methods.add(method, route.url);
  });
  server.addHook('onRequest', (request, reply, done) => {
    try {
      const admitted = admit(request, reply, methods);
      if (!(admitted instanceof Promise)) return done();
      admitted.then(() => done(), done);
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('onSend', (request, reply, payload) => answerUndoubted(request, reply, payload));
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // Fastify adds a charset, which the type does not have: OpenMeter's client does not know it so.
    if (String(reply.getHeader('content-type')).startsWith(`${problemType};`))
      reply.header('content-type', problemType);
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    server.commandReader.done(request);
    done();
  });
  return adapter;
}

/**
 * Answers errors of Fastify's router: a path that does not decode to UTF-8, a parameter that is too
 * long.
 */
function answerBadUrl(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  reply.header(correlatorHeader, request.id);
  const { statusCode = 500 } = error;
  const told = statusCode < 500 ? invalidArgument('the path of the URL is malformed or too long') : error;
  answerError(told, request, reply, log);
}

/** Media type of forms. */
const form = 'application/x-www-form-urlencoded';

/** Accepts JSON, and forms where a route takes them; any other media type gets 415. */
function acceptJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  for (const type of ['application/json', /^application\/[\w.-]+\+json(;|$)/]) {
    server.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, body, done) => {
      const { foreign, keepsBytes } = request.routeOptions.config;
      if (foreign) return done(null, body);
      if (keepsBytes) request.bodyBytes = body;
      let parsed: unknown;
      try {
        parsed = parseJsonBody(body);
      } catch (error) {
        return done(error as Error);
      }
      done(null, parsed);
    });
  }
  server.addContentTypeParser<Buffer>(form, { parseAs: 'buffer' }, (request, body, done) => {
    if (request.routeOptions.config.foreign?.takesForms) return done(null, body);
    done(new UnsupportedMediaTypeException());
  });
}

/**
 * Refuses a route without an access rule, which stops the start: a forgotten rule opens nothing.
 */
function completeRoute(route: RouteOptions, config: BaseConfig): void {
  const name = `${[route.method].flat()[0]} ${route.url}`;
  const access = route.config?.access ?? (documentation.test(route.url) ? 'public' : undefined);
  if (access === undefined) {
    throw new Error(`${name} has no access rule: add @Requires(scope), @OperatorOnly(), @Authenticated() or @Public()`);
  }
  route.config = { ...route.config, access, routeName: name };
  if (route.config.bodies === 'batch') route.bodyLimit = config.batchBodyLimitBytes;
  if (route.config.foreign) route.bodyLimit = route.config.foreign.bodyLimitBytes;
  if (route.config.passes) handleBeforeBody(route);
}

/** Runs a route's handler before Fastify parses the body, or refuses its media type. */
function handleBeforeBody(route: RouteOptions): void {
  const { handler } = route;
  route.preParsing = function (this: FastifyInstance, request, reply) {
    void handler.call(this, request as never, reply as never);
  };
}

/** Checks every request before its body is read. @throws ProblemError, also as rejection */
function admit(request: FastifyRequest, reply: FastifyReply, methods: AllowedMethods): void | Promise<void> {
  request.principal = anonymousPrincipal;
  reply.header(correlatorHeader, request.id);
  refuseBadCorrelator(request.headers[correlatorHeader], request.id);
  refuseBadHost(request.raw);
  refuseBadQuery(request.url);
  if (request.is404) return refuseUnknown(request, methods);
  request.server.doubts.refuse(request);
  const { access, foreign, passes } = request.routeOptions.config as RouteSettings & { readonly access: Access };
  const principal = request.server.authenticator.admit(access, authorizationOf(request));
  const accept = (found: Principal) => {
    request.principal = found;
    if (passes) return;
    if (request.method === 'GET' || request.method === 'HEAD') {
      settleMediaType(request, reply);
      refuseUntakenQuery(request);
      return openCursor(request);
    }
    // Clients of others send queries that mean nothing here, such as `?beta=true`.
    if (!foreign) refuseQuery(request);
    refuseRepeatedHeaders(request.raw);
    refuseBadIdempotencyKey(request);
    refuseEncodedBody(request.headers);
  };
  return principal instanceof Promise ? principal.then(accept) : accept(principal);
}

function refuseUnknown({ url }: FastifyRequest, methods: AllowedMethods): never {
  const path = pathOf(url);
  const allowed = methods.of(path);
  if (allowed.length === 0) throw new ProblemError(problem(404, 'NOT_FOUND', `no such path: ${path}`));
  const detail = `${path} takes ${allowed.join(', ')}`;
  throw new ProblemError(problem(405, 'METHOD_NOT_ALLOWED', detail, {}, { allow: allowed.join(', ') }));
}
