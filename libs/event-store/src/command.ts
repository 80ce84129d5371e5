import { NewerEvent } from '@tokengrid/contracts';
import type { Decide, DomainEvent, Recorded } from '@tokengrid/kernel';

/** A request to one stream. */
export interface Command<Data> {
  /** A UUID by `commandIdOf`; the same id gets the same answer for ever. */
  readonly id: string;
  readonly streamId: string;
  readonly data: Data;
  /** Keys whose values the decision asks for, by the service's {@link LookUp}. */
  readonly keys?: readonly string[] | undefined;
  /** Keyed HMAC, hex, of the caller's input only; a repeat with another one is refused. */
  readonly inputHash?: string | undefined;
  /** Id of the event that caused this command; the command's own id for a caller's command. */
  readonly causationId?: string | undefined;
  /** Type of the causing event, for logs. */
  readonly causationType?: string | undefined;
  readonly correlationId: string;
  /** Text of the actor: the caller, the causing event's, or a part of the system. */
  readonly actor: string;
  readonly traceparent?: string | undefined;
  /**
   * Claims the id for the stream first. For an id that does not determine its stream, because the
   * stream is part of the input: another stream can't take the same id then.
   */
  readonly claimsId?: boolean | undefined;
  /**
   * Resolves once Postgres has the events, without waiting for the log: for a step whose outcome
   * only triggers the next one.
   */
  readonly answerOnceStored?: boolean | undefined;
  /**
   * Called when a transaction takes the command out of its lane's queue. Until it returns, `data`
   * and `keys` may change: what comes while the command waits can go into it.
   */
  readonly taken?: (() => void) | undefined;
}

/** Outcome of a command, from its first execution: now or long ago. */
export interface Outcome<E extends DomainEvent> {
  readonly commandId: string;
  readonly events: readonly Recorded<E>[];
  /** True for a repeat. */
  readonly repeated: boolean;
  /**
   * False if the events are in Postgres but the log has not confirmed them in time: answer 202, or
   * wait longer.
   */
  readonly published: boolean;
}

/** Known facts of a sought command, beside its id. */
export interface SoughtCommand {
  /** Hash of its input if sent now; without it, inputs are not compared. */
  readonly inputHash?: string | undefined;
  /** Its stream: without it, all lanes are looked at. */
  readonly streamId?: string | undefined;
}

/** Streams of one kind, as services use them: `wallets.handle(sendTokens, command)`. */
export interface Streams<State, E extends DomainEvent, System> {
  /**
   * Executes a command in its lane and resolves once its events are in both stores. It resolves
   * with `published: false` after the store's `answerTimeoutMs`, or at once with
   * `answerOnceStored`.
   * @throws Overloaded, IdempotencyKeyReused, StoreUnavailable, LaneStopped, StreamUnreadable, or
   * the decision's error
   */
  handle<Data>(decide: Decide<State, Data, E, System>, command: Command<Data>): Promise<Outcome<E>>;
  /**
   * Stored state of a stream, for answers and tests; decisions get theirs under the lane's lock.
   * @throws StreamUnreadable, EventsRetired
   */
  load(streamId: string): Promise<State>;
}

/** The queue is full. Nothing was done; try again later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
  constructor(readonly waiting: number) {
    super(`${waiting} commands are already waiting`);
  }
}

/** The id belongs to a command with another input. Nothing was done. */
export class IdempotencyKeyReused extends Error {
  override readonly name = 'IdempotencyKeyReused';
  constructor(readonly commandId: string) {
    super(`command ${commandId} was sent before with another input`);
  }
}

/**
 * Unknown outcome: Postgres did not confirm in time. Sending the command again with the same id is
 * safe.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Events that are no longer in the database. The topic has them; `restore` brings them back. */
export class EventsRetired extends Error {
  override readonly name = 'EventsRetired';
  constructor(what: string) {
    super(`${what} no longer in this database; restore brings old events back from the topic`);
  }
}

/**
 * A stream with an event that this process can't read or fold: nothing can be decided on it. The
 * lane's other streams continue.
 */
export class StreamUnreadable extends Error {
  override readonly name = 'StreamUnreadable';
  /** True if a newer release, which other processes may run already, may read it. */
  readonly isNewer: boolean;

  /** @param at the event's id, and its type */
  constructor(
    readonly streamId: string,
    readonly at: string,
    cause: Error,
  ) {
    super(`${streamId} can't be read: ${at}: ${cause.message}`, { cause });
    this.isNewer = cause instanceof NewerEvent;
  }
}

/** The lane accepts no commands until a person has checked it. */
export class LaneStopped extends Error {
  override readonly name = 'LaneStopped';
  constructor(
    readonly lane: number,
    reason: string,
  ) {
    super(`lane ${lane} is stopped: ${reason}`);
  }
}
