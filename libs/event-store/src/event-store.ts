import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { Outcome, Streams } from './command.ts';

/** A service's event store: its lanes, and the streams in them. An abstract class so that Nest can inject by it. */
export abstract class EventStore<E extends DomainEvent = DomainEvent, System = unknown> {
  abstract readonly service: string;
  /** Number of lanes: partitions of the service's topic, fixed when both were created. */
  abstract readonly lanes: number;
  /** The streams of one kind. */
  abstract streams<State>(aggregate: Aggregate<State, E>): Streams<State, E, System>;
  /** What a command led to, whoever took it; `undefined` while nothing is stored under its id. */
  abstract outcomeOf(commandId: string): Promise<Outcome<E> | undefined>;
  /** Resolves once all that is stored so far in the lane up to `sequence` is in the log too. */
  abstract published(lane: number, sequence: number): Promise<void>;
  /** Why the store does not take commands or publish, a sentence per reason; empty when all is well. */
  abstract problems(): readonly string[];
  /** Stops taking commands, finishes and publishes what was taken, releases leases. */
  abstract close(): Promise<void>;
}
