import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { Command, Outcome, SoughtCommand, Streams } from './command.ts';
import type { ChainedEvent } from './event-log.ts';

/**
 * Event store of a service: its lanes and their streams. An abstract class, so that Nest can inject
 * it.
 */
export abstract class EventStore<E extends DomainEvent = DomainEvent, System = unknown> {
  abstract readonly service: string;
  /** Number of lanes: partitions of the service's topic, fixed at creation. */
  abstract readonly lanes: number;
  /** Streams of one kind. */
  abstract streams<State>(aggregate: Aggregate<State, E>): Streams<State, E, System>;
  /**
   * Outcome of a command, whichever process executed it; `undefined` if none is stored.
   * @throws IdempotencyKeyReused for another input; StreamUnreadable, EventsRetired
   */
  abstract outcomeOf(commandId: string, sought?: SoughtCommand): Promise<Outcome<E> | undefined>;
  /**
   * Claims a command's id for a stream, for commands whose stream may change before a redelivery.
   * Returns the first stream that claimed it, to which the command belongs.
   */
  abstract claim(commandId: string, streamId: string): Promise<string>;
  /** Ids of those commands that are stored. */
  abstract known(commands: readonly Pick<Command<unknown>, 'id' | 'streamId'>[]): Promise<ReadonlySet<string>>;
  /**
   * Stored events of a lane after a sequence, in order, at most `limit`, each with the hash before
   * it.
   * @throws EventsRetired for events that are no longer in the database
   */
  abstract eventsAfter(lane: number, sequence: number, limit: number): Promise<readonly ChainedEvent[]>;
  /**
   * Sequence of a lane's last event at or before a time (epoch milliseconds); 0 if there is none.
   * @throws EventsRetired
   */
  abstract sequenceAt(lane: number, time: number): Promise<number>;
  /** Resolves once the lane's stored events up to `sequence` are in the log. */
  abstract published(lane: number, sequence: number): Promise<void>;
  /**
   * Number of events known to be stored, by any process. While it is unchanged, so are the
   * projections of these events.
   */
  abstract get knownEvents(): number;
  /**
   * Reasons why the store does not accept commands or publish, a sentence each; empty if it does.
   */
  abstract problems(): readonly string[];
  /** Reason why the database lacks events known to be stored; it must not be read then. */
  abstract get behindBecause(): string | undefined;
  /** The same, from a check that is not older. @throws Error if the database does not answer */
  abstract doubt(maxAgeMs: number): Promise<string | undefined>;
  /**
   * Checks that the topic has the published events, unless a check is not older; {@link problems}
   * and {@link warnings} tell what was found.
   * @throws LogUnavailable
   */
  abstract lookAtLog(maxAgeMs: number): Promise<void>;
  /**
   * Faults that affect only what they name, a sentence each: unreadable streams, lanes ahead of the
   * clock, a topic without its beginning.
   */
  abstract warnings(): readonly string[];
  /** Stops accepting commands, finishes and publishes those accepted, releases leases. */
  abstract close(): Promise<void>;
}
