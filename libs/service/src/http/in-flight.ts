import type { FastifyRequest } from 'fastify';

/** The same command is being taken right now, and its outcome did not come within the time that a repeat waits. */
export class InFlight extends Error {
  override readonly name = 'InFlight';
}

/**
 * The requests of this process whose commands are being taken. Repeats are the store's to recognize, in all processes alike; this
 * tells only a repeat that came while the first was on its way (409) from one that came after the first was answered 202 (202 again).
 */
export class CommandsInFlight {
  private readonly first = new Map<string, FastifyRequest>();

  /** Notes that a request brings a command. @returns whether another request is bringing the same one */
  begin(commandId: string, request: FastifyRequest): boolean {
    const first = this.first.get(commandId);
    if (first === undefined) this.first.set(commandId, request);
    return first !== undefined;
  }

  /** The request has been answered. */
  end(commandId: string, request: FastifyRequest): void {
    if (this.first.get(commandId) === request) this.first.delete(commandId);
  }
}
