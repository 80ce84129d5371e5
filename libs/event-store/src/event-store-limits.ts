/** Limits of an event store. */
export interface EventStoreLimits {
  /** Time that a caller waits for both stores before it is told to ask later. */
  readonly answerTimeoutMs: number;
  /**
   * Maximum number of callers' waiting commands in this process; more are refused. Commands of
   * policies do not count: their number is bounded by the reads of their log, and a refused one
   * would only come again.
   */
  readonly maxWaitingCommands: number;
  /** Maximum number of commands in one transaction, over all its lanes. */
  readonly maxBatchCommands: number;
  /** Maximum number of concurrent transactions, beside those of troubled lanes. */
  readonly maxTransactions: number;
  /**
   * Maximum size of an event's value: with its headers it has to fit into one append, which takes 8
   * MiB.
   */
  readonly maxEventBytes: number;
  readonly maxAppendEvents: number;
  readonly maxHeldEvents: number;
  /** Maximum number of cached stream states per lane. */
  readonly maxCachedStreams: number;
  readonly markEveryMs: number;
  readonly pollEveryMs: number;
  readonly compareEveryMs: number;
  /** Maximum lead of a lane's time over the storage clock before it is reported. */
  readonly maxLaneAheadMs: number;
  /**
   * Interval of checking that the database still has the events known to be stored, beside the
   * checks of requests that depend on it.
   */
  readonly lookEveryMs: number;
  /**
   * Interval of checking that the topic still has the published events, while there are no appends
   * and no requests.
   */
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
  lookEveryMs: 3000,
  lookAtTopicEveryMs: 12_000,
  retryDelayMs: 50,
  closeTimeoutMs: 5000,
};
