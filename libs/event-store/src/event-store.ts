import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { Outcome, Streams } from './command.ts';
import type { ChainedEvent } from './event-log.ts';

/** A service's event store: its lanes, and the streams in them. An abstract class so that Nest can inject by it. */
export abstract class EventStore<E extends DomainEvent = DomainEvent, System = unknown> {
  abstract readonly service: string;
  /** Number of lanes: partitions of the service's topic, fixed when both were created. */
  abstract readonly lanes: number;
  /** The streams of one kind. */
  abstract streams<State>(aggregate: Aggregate<State, E>): Streams<State, E, System>;
  /**
   * What a command led to, whoever took it; `undefined` while nothing is stored under its id.
   * @param inputHash what it would be sent with now; nothing is compared without one
   * @throws IdempotencyKeyReused for a command that is stored with another; StreamUnreadable, EventsRetired
   */
  abstract outcomeOf(commandId: string, inputHash?: string): Promise<Outcome<E> | undefined>;
  /** Those of the ids under which a command is stored. */
  abstract known(commandIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Stored events of a lane after a sequence, in order, at most `limit`, each with the hash before it.
   * @throws EventsRetired for those that are not in the database any more
   */
  abstract eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]>;
  /** Sequence of a lane's last stored event at a time or before it (epoch milliseconds); 0 where there is none. @throws EventsRetired */
  abstract sequenceAt(lane: number, time: number): Promise<number>;
  /** Resolves once all that is stored so far in the lane up to `sequence` is in the log too. */
  abstract published(lane: number, sequence: number): Promise<void>;
  /**
   * Number of events that are known here to be stored: a moment after any process stored some, it is another one. While it stays the same,
   * so does what is projected from them.
   */
  abstract get knownEvents(): number;
  /** Why the store does not take commands or publish, a sentence per reason; empty when all is well. */
  abstract problems(): readonly string[];
  /** Why the database lacks what is known to have been stored, as far as was noticed: it is not to be asked for anything. */
  abstract get behindBecause(): string | undefined;
  /** The same, from a look that is not older. @throws Error when the database does not answer */
  abstract doubt(maxAgeMs: number): Promise<string | undefined>;
  /**
   * What keeps nobody from being answered but those it names, a sentence each: streams that can't be read, lanes whose time is ahead, a
   * topic that lacks its beginning.
   */
  abstract warnings(): readonly string[];
  /** Stops taking commands, finishes and publishes what was taken, releases leases. */
  abstract close(): Promise<void>;
}
