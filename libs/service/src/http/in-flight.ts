import type { FastifyRequest } from 'fastify';

/** The same command is in flight, and its outcome did not come within a repeat's waiting time. */
export class InFlight extends Error {
  override readonly name = 'InFlight';
}

/**
 * Commands that this process is handling. The store recognizes repeats across processes; this class
 * only tells a repeat during the first request (409) from one after the first was answered 202 (202
 * again).
 */
export class CommandsInFlight {
  private readonly first = new Map<string, FastifyRequest>();

  /**
   * Registers a request with its command.
   * @returns whether another request with the same command is in flight
   */
  begin(commandId: string, request: FastifyRequest): boolean {
    const first = this.first.get(commandId);
    if (first === undefined) this.first.set(commandId, request);
    return first !== undefined;
  }

  /** Unregisters a request that has been answered. */
  end(commandId: string, request: FastifyRequest): void {
    if (this.first.get(commandId) === request) this.first.delete(commandId);
  }
}
