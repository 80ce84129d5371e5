import type { StoredEvent } from '@tokengrid/contracts';

/** An event to publish, with the hash of the previous event of its lane. */
export interface ChainedEvent {
  readonly event: StoredEvent;
  readonly previousHash: string;
}

/** A message of the log. */
export interface LogRecord {
  readonly offset: number;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
  /** True for a record without our seal, if events are sealed: a foreign client wrote it. */
  readonly isForeign?: boolean;
  /** True for a record with a seal, if this process has no seal key. */
  readonly isSealed?: boolean;
}

/** The log is unreachable or did not answer in time: nothing is lost, everything may be retried. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}

/** An offset before the partition's first or after its last. */
export class OffsetOutOfRange extends Error {
  override readonly name = 'OffsetOutOfRange';
}

export interface TopicSettings {
  readonly partitions: number;
  readonly replicationFactor: number;
}

/**
 * Log to which events are published. `libs/event-bus` implements it over Kafka; `InMemoryLog`
 * serves specs and simulations.
 */
export interface EventLog {
  /** Number of partitions, or `undefined` without such a topic. @throws LogUnavailable */
  partitionsOf(topic: string): Promise<number | undefined>;
  /** Creates the topic, kept for ever and never compacted; an existing topic is unchanged. */
  createTopic(topic: string, settings: TopicSettings): Promise<void>;
  /**
   * Appends to one partition in one request and resolves once all in-sync replicas have it. After a
   * rejection, some or all of it may have been appended.
   * @returns the offset after the last event; 0 for none.
   * @throws LogUnavailable
   */
  append(topic: string, partition: number, events: readonly ChainedEvent[]): Promise<number>;
  /**
   * Reads from an offset; waits up to `maxWaitMs` for the first record.
   * @throws LogUnavailable, OffsetOutOfRange
   */
  read(topic: string, partition: number, from: number, options: ReadOptions): Promise<readonly LogRecord[]>;
  /** First offset held, and the next offset. @throws LogUnavailable */
  offsetsOf(topic: string, partition: number): Promise<PartitionEnds>;
  /**
   * {@link offsetsOf} all partitions of topics, in one request. A missing topic is left out.
   * @throws LogUnavailable
   */
  endsOf(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionEnds[]>>;
  close(): Promise<void>;
}

/** First and next offset of a partition. */
export interface PartitionEnds {
  /** First offset held. */
  readonly first: number;
  /** Offset of the next record. */
  readonly next: number;
}

export interface ReadOptions {
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal;
}
