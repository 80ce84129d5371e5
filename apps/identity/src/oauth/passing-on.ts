import { Injectable } from '@nestjs/common';
import { headersOf } from '@tokengrid/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuthorizationServer } from './authorization-server.ts';
import { bufferedRequest } from './buffered-request.ts';

/** Lets the library answer requests. */
@Injectable()
export class PassingOn {
  constructor(private readonly server: AuthorizationServer) {}

  /** @param body absent for a request without one */
  async pass(request: FastifyRequest, reply: FastifyReply, body?: Buffer): Promise<void> {
    const headers = Object.entries(headersOf(reply));
    reply.raw.setHeaders(new Map(headers));
    const answered = this.server.handle(bufferedRequest(request.raw, this.server.issuer, body), reply.raw);
    reply.hijack();
    await answered;
  }
}
