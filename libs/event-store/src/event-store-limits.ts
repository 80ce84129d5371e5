/** Every bound of an event store. */
export interface EventStoreLimits {
  /** How long a caller waits for both stores before it is told to ask later. */
  readonly answerTimeoutMs: number;
  /**
   * Most commands waiting in this process that callers sent; the next one is refused. What events lead to is bounded by how much is read
   * of them at once: refused, it would only come again, and it does not take callers' places.
   */
  readonly maxWaitingCommands: number;
  /** Most commands in one transaction, of all lanes in it. */
  readonly maxBatchCommands: number;
  /** Most transactions at once, beside those of lanes that are in trouble. */
  readonly maxTransactions: number;
  /** Longest value of an event: with its headers it has to fit into one append to the log, which takes 8 MiB. */
  readonly maxEventBytes: number;
  readonly maxAppendEvents: number;
  readonly maxHeldEvents: number;
  /** Cached stream states per lane. */
  readonly maxCachedStreams: number;
  readonly markEveryMs: number;
  readonly pollEveryMs: number;
  readonly compareEveryMs: number;
  /** How far a lane's time may be ahead of the storage's clock before somebody is told. */
  readonly maxLaneAheadMs: number;
  /** How often it is looked whether the database still has what is known to have been stored. */
  readonly lookEveryMs: number;
  /** How often it is looked whether the topic still has what was published, while nothing is appended. */
  readonly lookAtTopicEveryMs: number;
  readonly retryDelayMs: number;
  readonly closeTimeoutMs: number;
}

export const defaultLimits: EventStoreLimits = {
  answerTimeoutMs: 5000,
  maxWaitingCommands: 10_000,
  maxBatchCommands: 1000,
  maxTransactions: 2,
  maxEventBytes: (8 << 20) - (64 << 10),
  maxAppendEvents: 2000,
  maxHeldEvents: 20_000,
  maxCachedStreams: 20_000,
  markEveryMs: 250,
  pollEveryMs: 250,
  compareEveryMs: 2000,
  maxLaneAheadMs: 2000,
  lookEveryMs: 1000,
  lookAtTopicEveryMs: 5000,
  retryDelayMs: 50,
  closeTimeoutMs: 5000,
};
