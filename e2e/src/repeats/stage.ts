import type { Answer } from '../api/client.ts';
import type { Party } from '../api/parties.ts';

/** A command of a client, which may be sent many times. */
export interface Sent {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly key: string;
  readonly body: unknown;
  readonly idempotencyKey: string;
}

/** An answered command, with the answer that it has to get for ever. */
export interface Answered extends Sent {
  readonly status: number;
  readonly answer: Answer['body'];
}

/**
 * Participants, and the sending of commands: a command has one answer, however often it is sent.
 */
export interface Stage {
  readonly operatorKey: string;
  /** Key of another person of the operator. */
  readonly approverKey: string;
  readonly party: Party;
  readonly other: Party;
  ask(command: Sent): Promise<Answered>;
}

/** Sends a command under a key of its own. */
export type Ask = (method: Sent['method'], path: string, key: string, body?: unknown) => Promise<Answered>;
