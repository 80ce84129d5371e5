import type { Answer } from '../api/client.ts';
import type { Party } from '../api/parties.ts';

/** A command as a client sends it, as often as it likes. */
export interface Sent {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly key: string;
  readonly body: unknown;
  readonly idempotencyKey: string;
}

/** A command that was answered: by what it has to be answered for ever. */
export interface Answered extends Sent {
  readonly status: number;
  readonly answer: Answer['body'];
}

/** Who takes part, and how a command is sent: however often, its one answer comes back. */
export interface Stage {
  readonly operatorKey: string;
  /** Of another person of the operator's. */
  readonly approverKey: string;
  readonly party: Party;
  readonly other: Party;
  ask(command: Sent): Promise<Answered>;
}

/** Sends a command under a key of its own. */
export type Ask = (method: Sent['method'], path: string, key: string, body?: unknown) => Promise<Answered>;
