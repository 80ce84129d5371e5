import { NewerEvent } from '@tokengrid/contracts';
import type { Decide, DomainEvent, Recorded } from '@tokengrid/kernel';

/** A request to one stream. */
export interface Command<Data> {
  /** A UUID by `commandIdOf`; the same id gets the same answer for ever. */
  readonly id: string;
  readonly streamId: string;
  readonly data: Data;
  /** Keyed HMAC, hex, of what the caller sent and nothing else; a repeat with another one is refused. */
  readonly inputHash?: string | undefined;
  /** Id of the event that caused this command; the command's own id if a caller did. */
  readonly causationId?: string | undefined;
  /** The type of that event, for logs. */
  readonly causationType?: string | undefined;
  readonly correlationId: string;
  readonly traceparent?: string | undefined;
  /** Answers once Postgres has the events, without waiting for the log: for a step whose outcome only leads to the next one. */
  readonly answerOnceStored?: boolean | undefined;
}

/** What a command led to, the first time it was taken: now or long ago. */
export interface Outcome<E extends DomainEvent> {
  readonly commandId: string;
  readonly events: readonly Recorded<E>[];
  /** True when the command had been stored before. */
  readonly repeated: boolean;
  /** False when the events are in Postgres but the log has not confirmed them in time: answer 202, or wait on. */
  readonly published: boolean;
}

/** Streams of one kind, as services use them: `wallets.handle(sendTokens, command)`. */
export interface Streams<State, E extends DomainEvent, System> {
  /**
   * Takes a command through its lane and resolves once its events are in both stores, or after the store's
   * `answerTimeoutMs` (at once, for one with `answerOnceStored`) with `published: false`.
   * @throws Overloaded, IdempotencyKeyReused, StoreUnavailable, LaneStopped, StreamUnreadable, or what the decision threw
   */
  handle<Data>(decide: Decide<State, Data, E, System>, command: Command<Data>): Promise<Outcome<E>>;
  /**
   * The stream's state as stored. For answers and tests; decisions get theirs under the lane's lock.
   * @throws StreamUnreadable, EventsRetired
   */
  load(streamId: string): Promise<State>;
}

/** The queue is full. Nothing was done; try again later. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
  constructor(readonly waiting: number) {
    super(`${waiting} commands are waiting already`);
  }
}

/** The id belongs to a command with other input. Nothing was done. */
export class IdempotencyKeyReused extends Error {
  override readonly name = 'IdempotencyKeyReused';
  constructor(readonly commandId: string) {
    super(`command ${commandId} was sent before with other input`);
  }
}

/** Whether the command was stored is not known: Postgres did not say so in time. Sent again with the same id, it has one effect. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** What is asked for is in events that were taken out of the database. The topic has them; `restore` brings them back. */
export class EventsRetired extends Error {
  override readonly name = 'EventsRetired';
  constructor(what: string) {
    super(`${what} not in this database any more; restore brings old events back from the topic`);
  }
}

/** A stream has an event that this process can't read, or can't fold: nothing can be decided on it. The lane's other streams go on. */
export class StreamUnreadable extends Error {
  override readonly name = 'StreamUnreadable';
  /** Whether it may be read by a newer release, which other processes may run already. */
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

/** The lane takes no commands, for a reason that a person has to look at. */
export class LaneStopped extends Error {
  override readonly name = 'LaneStopped';
  constructor(
    readonly lane: number,
    reason: string,
  ) {
    super(`lane ${lane} is stopped: ${reason}`);
  }
}
