import type { EventLog, LogRecord, ReadOptions } from '@tokengrid/event-store';
import { OffsetOutOfRange } from '@tokengrid/event-store';

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** A log that can be followed in many partitions at once. */
export interface TailingLog extends EventLog {
  /**
   * Starts to follow a topic. Each tail waits on connections of its own, so tails do not delay each
   * other.
   */
  tail(topic: string): Tail;
}

/** One reader that follows partitions of a topic. */
export interface Tail {
  /**
   * New records by partition, each from its stated offset on; waits up to `maxWaitMs` for the first
   * of them. Partitions without new records are left out. One call at a time.
   *
   * An abort ends the wait, with the records so far. Partitions of an unreachable broker are
   * ignored while there are others to wait for.
   * @throws LogUnavailable, PartitionOutOfRange, UnreadableBatch
   */
  next(
    positions: ReadonlyMap<number, number>,
    options: ReadOptions,
  ): Promise<ReadonlyMap<number, readonly LogRecord[]>>;
  /** Ends the running call. */
  close(): void;
}

/** An offset that one of the partitions of a tail lacks; the others are unaffected. */
export class PartitionOutOfRange extends OffsetOutOfRange {
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
  ) {
    super(`${topic}/${partition} has no offset ${offset}`);
  }
}

/**
 * An unreadable batch of a partition: damaged, or in a form that only a foreign producer writes.
 */
export class UnreadableBatch extends Error {
  override readonly name = 'UnreadableBatch';
  readonly topic: string;
  readonly partition: number;

  constructor(
    { topic, partition }: PartitionName,
    readonly offset: number,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${topic}/${partition}: the batch at offset ${offset} ${reason}`, options);
    this.topic = topic;
    this.partition = partition;
  }
}
