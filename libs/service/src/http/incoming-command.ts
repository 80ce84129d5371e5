import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import { createParamDecorator } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { canonicalJson, charactersIn, commandIdOf } from '@tokengrid/contracts';
import type { Command } from '@tokengrid/event-store';
import type { FastifyRequest } from 'fastify';
import { anonymousPrincipal, keyScopeOf } from '../auth/principal.ts';
import { traceparentOf } from './correlation.ts';
import { CommandsInFlight } from './in-flight.ts';
import { PendingCommand } from './pending-command.ts';
import { invalidArgument } from './problem.ts';
import { routePathOf } from './route-path.ts';

/** Maximum length of an Idempotency-Key, in a header and in a batch: code points, not bytes. */
export const maxIdempotencyKeyLength = 255;

/** Part of a request that is the same for any command. */
export interface IncomingCommand {
  /**
   * `commandIdOf(principal, method, path, key)`, with the path by {@link routePathOf}; random
   * without an Idempotency-Key.
   */
  readonly id: string;
  readonly inputHash: string;
  readonly correlationId: string;
  /** Text of the caller as an actor. */
  readonly actor: string;
  readonly traceparent: string | undefined;
  /** True if it came while an earlier request with the same key was in flight. */
  readonly isRepeatInFlight: boolean;
  /** True if the caller sent an Idempotency-Key: only then can the command be a repeat. */
  readonly isKeyed: boolean;
  /** The command. @param data the caller's input and the service's additions (ids, prices) */
  to<Data>(streamId: string, data: Data): Command<Data>;
}

/** Reads the {@link IncomingCommand} of a request. */
export class CommandReader {
  private readonly key: KeyObject;
  private readonly inFlight = new CommandsInFlight();

  /**
   * @param inputHashKey the same for all processes of a service, for ever: stored hashes were made
   * with it
   */
  constructor(inputHashKey: string) {
    this.key = createSecretKey(inputHashKey, 'utf8');
  }

  read(request: FastifyRequest): IncomingCommand {
    return (request.incoming ??= this.readAnew(request));
  }

  /**
   * Reads a command of a batch: the same command as if it had been posted to its own route.
   * @param member its key, the path of its own route, and its raw body
   */
  readMember(
    request: FastifyRequest,
    { idempotencyKey, path, body }: { readonly idempotencyKey: string; readonly path: string; readonly body: unknown },
  ): IncomingCommand {
    // In the form of Node's header: one character per byte.
    const key = Buffer.from(idempotencyKey).toString('latin1');
    const incoming = this.incoming(request, this.idOf(request, 'POST', path, key), body, true);
    (request.members ??= []).push(incoming.id);
    return incoming;
  }

  /**
   * Reads a command of an item of a request: its id is that of the request and the item's place,
   * its input the whole body.
   */
  readItem(request: FastifyRequest, index: number): IncomingCommand {
    const { id, inputHash, correlationId, actor, traceparent, isRepeatInFlight, isKeyed } = this.read(request);
    const itemId = commandIdOf(keyScopeOf(request.principal), id, String(index));
    return new RequestedCommand(itemId, inputHash, correlationId, actor, traceparent, isRepeatInFlight, isKeyed);
  }

  /**
   * Tag of a text that the service issues, by which it recognizes it later: 16 characters of
   * base64url.
   * @param purpose tags of different purposes differ
   */
  tagOf(purpose: string, text: string): string {
    const hmac = createHmac('sha256', this.key).update(`${purpose}\n${text}`);
    return hmac.digest('base64url').slice(0, 16);
  }

  /** Unregisters the commands of an answered request. */
  done(request: FastifyRequest): void {
    if (request.incoming !== undefined) this.inFlight.end(request.incoming.id, request);
    for (const id of request.members ?? []) this.inFlight.end(id, request);
  }

  private readAnew(request: FastifyRequest): IncomingCommand {
    const key = idempotencyKeyOf(request);
    const id = this.idOf(request, request.method, routePathOf(request), key ?? randomUUID());
    return this.incoming(request, id, request.body, key !== undefined);
  }

  private incoming(request: FastifyRequest, id: string, body: unknown, isKeyed: boolean): IncomingCommand {
    return new RequestedCommand(
      id,
      this.hmac(body === undefined ? '' : canonicalJson(body)),
      request.id,
      request.principal.actor,
      traceparentOf(request.headers),
      this.inFlight.begin(id, request),
      isKeyed,
    );
  }

  private idOf({ principal }: FastifyRequest, method: string, path: string, key: string): string {
    // Anonymous callers share one principal: their command ids must not be computable from a
    // guessed key.
    const isAnonymous = principal.kind === anonymousPrincipal.kind;
    return commandIdOf(keyScopeOf(principal), method, path, isAnonymous ? this.hmac(key) : key);
  }

  private hmac(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('hex');
  }
}

class RequestedCommand implements IncomingCommand {
  constructor(
    readonly id: string,
    readonly inputHash: string,
    readonly correlationId: string,
    readonly actor: string,
    readonly traceparent: string | undefined,
    readonly isRepeatInFlight: boolean,
    readonly isKeyed: boolean,
  ) {}

  to<Data>(streamId: string, data: Data): Command<Data> {
    const { id, inputHash, correlationId, actor, traceparent } = this;
    return { id, streamId, data, inputHash, correlationId, actor, traceparent };
  }
}

const keyExpected = `the header Idempotency-Key must have 1 to ${maxIdempotencyKeyLength} characters`;

/** The request's Idempotency-Key, as checked by {@link refuseBadIdempotencyKey}. */
function idempotencyKeyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? key : undefined;
}

/**
 * Refuses an invalid Idempotency-Key, on every route that changes something.
 * @throws ProblemError 400 for an empty or too long key
 */
export function refuseBadIdempotencyKey({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const key = idempotencyKeyOf({ headers });
  if (key === undefined) return;
  // Node gives headers as Latin-1, one character per byte; clients send characters outside ASCII as
  // UTF-8.
  const isTooLong =
    key.length > maxIdempotencyKeyLength &&
    charactersIn(Buffer.from(key, 'latin1').toString()) > maxIdempotencyKeyLength;
  if (key === '' || isTooLong) throw invalidArgument(keyExpected);
}

/** A URL without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** A request's path from the caller's point of view, proxy prefix included. */
export const placeOf = ({ server, url }: FastifyRequest): string => `${server.basePath}${pathOf(url)}`;

/** Documents in OpenAPI that the route may answer 202. */
function mayAnswerLater(target: object, name: string | symbol | undefined): void {
  if (name === undefined) return;
  ApiResponse({
    status: 202,
    description: 'Command stored; read its outcome at `Location`',
    standardSchema: PendingCommand,
    headers: { Location: { description: 'Path of the outcome', schema: { type: 'string' } } },
  })(target, name, Object.getOwnPropertyDescriptor(target, name)!);
}

/** Parameter decorator: the {@link IncomingCommand} of a request. */
export const Incoming = createParamDecorator(
  (_data: unknown, context): IncomingCommand => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return request.server.commandReader.read(request);
  },
  [mayAnswerLater],
);
