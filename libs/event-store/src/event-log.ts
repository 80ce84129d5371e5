import type { StoredEvent } from '@tokengrid/contracts';

/** An event on its way to the log, with the hash of the one before it in its lane. */
export interface ChainedEvent {
  readonly event: StoredEvent;
  readonly previousHash: string;
}

/** A message as it stands in the log. */
export interface LogRecord {
  readonly offset: number;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
  /** Set where events are sealed and this record has no seal of ours: somebody else wrote it, whatever it says. */
  readonly isForeign?: boolean;
  /** Whether it carries a seal that this process has no key for, because events are not sealed here. */
  readonly isSealed?: boolean;
}

/** The log could not be reached or did not answer in time: nothing is known to be lost, everything may be tried again. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}

/** An offset that the partition does not have: before its first or after its last. */
export class OffsetOutOfRange extends Error {
  override readonly name = 'OffsetOutOfRange';
}

export interface TopicSettings {
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** The log that events are published to. `libs/event-bus` has the one over Kafka; `InMemoryLog` serves specs and simulations. */
export interface EventLog {
  /** Number of partitions, or `undefined` if there is no such topic. @throws LogUnavailable */
  partitionsOf(topic: string): Promise<number | undefined>;
  /** Creates the topic, kept for ever and never compacted; one that exists already is left as it is. */
  createTopic(topic: string, settings: TopicSettings): Promise<void>;
  /**
   * Appends to one partition in one request and resolves once all in-sync replicas have it.
   * When it rejects, some or all of it may be there nevertheless.
   * @returns the offset behind the last of them; 0 for none.
   * @throws LogUnavailable
   */
  append(topic: string, partition: number, events: readonly ChainedEvent[]): Promise<number>;
  /**
   * Reads from an offset on; waits up to `maxWaitMs` for the first record.
   * @throws LogUnavailable, OffsetOutOfRange
   */
  read(topic: string, partition: number, from: number, options: ReadOptions): Promise<readonly LogRecord[]>;
  /** First offset held, and the offset that the next record will get. @throws LogUnavailable */
  offsetsOf(topic: string, partition: number): Promise<PartitionEnds>;
  /** {@link offsetsOf} all partitions of topics, in one look. A topic that is not there is left out. @throws LogUnavailable */
  endsOf(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionEnds[]>>;
  close(): Promise<void>;
}

/** Where a partition begins and ends. */
export interface PartitionEnds {
  /** First offset held. */
  readonly first: number;
  /** Offset that the next record will get. */
  readonly next: number;
}

export interface ReadOptions {
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal;
}
