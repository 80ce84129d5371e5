import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as passing } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { unavailable } from './problem.ts';
import { answerError } from './problem.filter.ts';

/**
 * Quiet period after which the remaining callers are only waiting for answers. A caller on a busy
 * machine takes a while to come back after its last answer.
 */
const quietMs = 100;
/** Maximum delay of the last answers. */
const holdMs = 1000;
/** Maximum wait for requests on the last accepted connections. */
const lastRequestsMs = 1000;

/**
 * Drains connections without losing a request. A connection closed while a request is on its way is
 * reset, and so is one that the kernel holds when the listener closes. First every answer closes
 * its connection; then the last answers wait until connections stop coming and the listener is
 * closed.
 */
export class Drain {
  private isDraining = false;
  private held: Promise<void> | undefined;
  private readonly unanswered = new Set<FastifyReply>();

  /** @param fastify a server without routes: hooks apply to routes added after them */
  constructor(
    fastify: FastifyInstance,
    private readonly log: Logger,
  ) {
    fastify.addHook('onRequest', (_request, reply, done) => {
      this.unanswered.add(reply);
      reply.raw.once('close', () => this.unanswered.delete(reply));
      done();
    });
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.isDraining) reply.header('connection', 'close');
      if (this.held) void this.held.then(() => done());
      else done();
    });
  }

  /**
   * Keeps serving for `drainMs`, then stops accepting. Idle connections without a request meanwhile
   * stay open.
   */
  async run(server: HttpServer, drainMs: number): Promise<void> {
    this.isDraining = true;
    await passing(drainMs);
    const release = this.holdAnswers();
    await noConnectionComes(server);
    // Node's `http.Server.close` would also end connections before their first request arrives.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    release();
    await Promise.race([closed, passing(Math.min(drainMs, lastRequestsMs))]);
  }

  /**
   * Answers whatever is still unanswered, as by a client that sends its body slowly: its connection
   * is cut next. The effect of a command is unknown then; a repeat gets its outcome.
   */
  answerAll(): void {
    this.isDraining = true;
    const stopping = unavailable('this process stops, and the request has taken too long; try again');
    for (const reply of this.unanswered) answerError(stopping, reply.request, reply, this.log);
  }

  private holdAnswers(): () => void {
    let release!: () => void;
    this.held = new Promise((resolve) => (release = resolve));
    return () => {
      this.held = undefined;
      release();
    };
  }
}

async function noConnectionComes(server: HttpServer): Promise<void> {
  let lastMs = performance.now();
  const deadlineMs = lastMs + holdMs;
  const came = () => (lastMs = performance.now());
  server.on('connection', came);
  for (let now = lastMs; now < lastMs + quietMs && now < deadlineMs; now = performance.now())
    await passing(quietMs / 4);
  server.off('connection', came);
}
