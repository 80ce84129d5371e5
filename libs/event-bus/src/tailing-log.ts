import type { EventLog, LogRecord, ReadOptions } from '@tokengrid/event-store';
import { OffsetOutOfRange } from '@tokengrid/event-store';

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** A log that can be followed in many partitions at once. */
export interface TailingLog extends EventLog {
  /** Starts to follow a topic. Each tail waits on connections of its own, so tails don't hold each other up. */
  tail(topic: string): Tail;
}

/** One reader that follows partitions of a topic. */
export interface Tail {
  /**
   * New records of any of the partitions, by partition, each from the offset stated on; waits for the first of them up to
   * `maxWaitMs`, then there may be none. Partitions without new records are left out. One call at a time.
   *
   * An abort ends the wait, with what there is. Partitions whose broker is away are passed over as long as there
   * are others to wait for.
   * @throws LogUnavailable, PartitionOutOfRange, UnreadableBatch
   */
  next(
    positions: ReadonlyMap<number, number>,
    options: ReadOptions,
  ): Promise<ReadonlyMap<number, readonly LogRecord[]>>;
  /** Ends what is under way. */
  close(): void;
}

/** An offset that one of the partitions of a tail does not have; the others are not concerned. */
export class PartitionOutOfRange extends OffsetOutOfRange {
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: number,
  ) {
    super(`${topic}/${partition} has no offset ${offset}`);
  }
}

/** A batch in a partition that cannot be read: damaged, or in a form that only a foreign producer could have written. */
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
