import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { patternOf } from './allowed-methods.ts';

/** Connection of a request that asks for a WebSocket. */
interface Upgrade {
  readonly socket: Socket;
  /** Bytes that came right after the request. */
  readonly head: Buffer;
}

/** Time in which a caller whose upgrade was refused closes its side, in milliseconds. */
const lingerMs = 2000;

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** The upgrade that a request asks for; undefined for any other request. */
export const upgradeOf = ({ raw }: FastifyRequest): Upgrade | undefined => upgrades.get(raw);

/**
 * Takes the connection from a reply, whose handler answers the upgrade itself.
 * @returns the caller's connection, which the caller of this function has to close
 */
export function takeUpgrade(request: FastifyRequest, reply: FastifyReply): Upgrade {
  const upgrade = upgrades.get(request.raw)!;
  reply.hijack();
  reply.raw.detachSocket(upgrade.socket);
  return upgrade;
}

/**
 * Upgrades to WebSockets on routes that pass requests on. They run through the router and its hooks
 * like any other request: the same admission, the same errors.
 */
export class Upgrades {
  private readonly patterns: RegExp[] = [];

  /** Adds a route. @param url in Fastify's notation */
  add(url: string): void {
    this.patterns.push(patternOf(url));
  }

  /** True for an upgrade that a route takes; others are ordinary requests (RFC 9110, 7.8). */
  takes({ method, headers, url = '' }: IncomingMessage): boolean {
    if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
    const [path = ''] = url.split('?', 1);
    return this.patterns.some((pattern) => pattern.test(path));
  }

  routeOn(server: FastifyInstance): void {
    server.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      upgrades.set(request, { socket, head });
      const response = new ServerResponse(request);
      // Node reads no further request from this connection.
      response.shouldKeepAlive = false;
      response.assignSocket(socket);
      response.once('finish', () => {
        const timer = setTimeout(() => socket.destroy(), lingerMs);
        socket.once('close', () => clearTimeout(timer));
        socket.end();
      });
      socket.once('error', () => socket.destroy());
      server.routing(request, response);
    });
  }
}
