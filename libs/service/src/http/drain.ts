import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as passing } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** No connection came for this long: the callers that are left wait for answers. */
const quietMs = 25;
/** Longest hold of the last answers. */
const holdMs = 500;
/** Longest wait for the requests of connections that came last, once none is accepted any more. */
const lastRequestsMs = 1000;

/**
 * Takes leave of callers without leaving a request unanswered. A connection must not end while a request is on its way to it, and a
 * listener must not close while the kernel holds connections that it has not given to us: both would be reset. So first every answer
 * closes its connection. Then the last answers wait until no connection comes any more, and the listener closes; then they go out.
 */
export class Drain {
  private isDraining = false;
  private held: Promise<void> | undefined;

  /** @param fastify a server that has no routes yet: hooks hold for routes that come after them */
  constructor(fastify: FastifyInstance) {
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.isDraining) reply.header('connection', 'close');
      if (this.held) void this.held.then(() => done());
      else done();
    });
  }

  /** Serves on for `drainMs`, then stops accepting. Idle connections that sent nothing meanwhile stay open. */
  async run(server: HttpServer, drainMs: number): Promise<void> {
    this.isDraining = true;
    await passing(drainMs);
    const release = this.holdAnswers();
    await noConnectionComes(server);
    // Node's `http.Server.close` would also end connections whose first request has not come yet.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
    release();
    await Promise.race([closed, passing(Math.min(drainMs, lastRequestsMs))]);
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
  for (let now = lastMs; now < lastMs + quietMs && now < deadlineMs; now = performance.now()) await passing(quietMs);
  server.off('connection', came);
}
