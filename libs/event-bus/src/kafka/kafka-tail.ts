import { LogUnavailable } from '@tokengrid/event-store';
import type { LogRecord, ReadOptions } from '@tokengrid/event-store';
import type { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { type Cluster, noLeader } from './cluster.ts';
import { fetchRecords } from './fetch-request.ts';
import { recordsOf } from './fetched-records.ts';
import { type Seal, sealsChecked } from './seal.ts';
import type { Tail } from '../tailing-log.ts';

type Positions = ReadonlyMap<number, number>;
type Records = ReadonlyMap<number, readonly LogRecord[]>;

/**
 * A Fetch that waits at a broker, on a connection of its own. It may outlive the call that started
 * it.
 */
interface WaitingFetch {
  readonly positions: Positions;
  /** Latest time of the broker's empty answer; monotonic milliseconds. */
  readonly dueAt: number;
  /** Never rejects. */
  readonly done: Promise<void>;
  /** Set when done: the records, or the error. */
  outcome?: Records | Error;
}

/**
 * Time for which a fetch without news waits for others that are about to end without any, so that
 * one fetch replaces them.
 */
const togetherMs = 20;

/**
 * Time after which a partition without a fetch is asked for again: it had no leader, or its broker
 * is gone. Others may have no news for longer than that.
 */
const askAgainMs = 500;

/**
 * Follows partitions of a topic. A call starts a Fetch for the partitions that no earlier one waits
 * for, so that neither a broker without news nor a new partition makes the others restart.
 */
export class KafkaTail implements Tail {
  private readonly fetches = new Set<WaitingFetch>();
  private readonly closing = new AbortController();
  private turn = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly topic: string,
    private readonly seal?: Seal,
  ) {}

  async next(positions: Positions, options: ReadOptions): Promise<Records> {
    if (positions.size === 0 || options.signal?.aborted) return new Map();
    if (this.closing.signal.aborted) throw new LogUnavailable(`the tail of ${this.topic} is closed`);
    const isComplete = await this.startMissing(positions, options);
    await this.firstAnswer(options.signal, isComplete);
    return this.collect(positions);
  }

  close(): void {
    this.closing.abort();
  }

  /**
   * @returns whether each partition has a fetch now
   * @throws LogUnavailable if none of the partitions has a leader
   */
  private async startMissing(positions: Positions, options: ReadOptions): Promise<boolean> {
    const isFetched = ([partition, offset]: readonly [number, number]) =>
      [...this.fetches].some((fetch) => fetch.positions.get(partition) === offset);
    const missing = this.rotated(positions).filter((position) => !isFetched(position));
    if (missing.length === 0) return true;
    const ofBrokers = new Map<Broker, Map<number, number>>();
    let failure: unknown;
    try {
      const leaders = await this.cluster.leadersNow(this.topic);
      for (const [partition, offset] of missing) {
        const leader = leaders[partition];
        if (leader) ofBrokers.set(leader, (ofBrokers.get(leader) ?? new Map<number, number>()).set(partition, offset));
        else failure = noLeader(this.topic, partition);
      }
    } catch (error) {
      failure = error;
    }
    // Asked once for all partitions, and again at the next call.
    if (failure !== undefined) this.cluster.forget(this.topic);
    for (const [broker, ofBroker] of ofBrokers) this.fetches.add(this.start(broker, ofBroker, options));
    if (this.fetches.size === 0) throw failure;
    return failure === undefined;
  }

  /**
   * Rotates the order of partitions, so that one with many records does not use up the limit of
   * every answer.
   */
  private rotated(positions: Positions): [number, number][] {
    const entries = [...positions];
    const first = this.turn++ % entries.length;
    return [...entries.slice(first), ...entries.slice(0, first)];
  }

  private start(broker: Broker, positions: Positions, options: ReadOptions): WaitingFetch {
    const fetch: WaitingFetch = {
      positions,
      dueAt: performance.now() + options.maxWaitMs,
      done: this.fetch(broker, positions, options).then(
        (records) => void (fetch.outcome = records),
        (error: Error) => void (fetch.outcome = error),
      ),
    };
    return fetch;
  }

  private async fetch(broker: Broker, positions: Positions, options: ReadOptions): Promise<Records> {
    try {
      const connection = await broker.lease();
      const drop = () => broker.drop(connection);
      this.closing.signal.addEventListener('abort', drop);
      try {
        if (this.closing.signal.aborted) drop();
        return await this.read(connection, new Map(positions), options);
      } finally {
        this.closing.signal.removeEventListener('abort', drop);
        broker.release(connection);
      }
    } catch (error) {
      if (error instanceof LogUnavailable) this.cluster.forget(this.topic);
      throw error;
    }
  }

  /**
   * Fetches until there are records or the time is over: the first answers may hold only Kafka's
   * own records.
   */
  private async read(
    connection: BrokerConnection,
    positions: Map<number, number>,
    options: ReadOptions,
  ): Promise<Records> {
    for (;;) {
      const records = new Map<number, readonly LogRecord[]>();
      let hasMoved = false;
      let failure: Error | undefined;
      for (const fetched of await fetchRecords(connection, this.topic, positions, options)) {
        const { partition } = fetched;
        try {
          const decoded = recordsOf(this.topic, fetched, positions.get(partition)!);
          if (decoded.records.length > 0) records.set(partition, sealsChecked(decoded.records, this.seal));
          hasMoved ||= decoded.next > positions.get(partition)!;
          positions.set(partition, decoded.next);
        } catch (error) {
          // A partition that its broker can't serve now matters only if no other has records: the
          // next call retries.
          if (!(error instanceof LogUnavailable)) throw error;
          failure = error;
        }
      }
      if (failure !== undefined) this.cluster.forget(this.topic);
      if (failure !== undefined && records.size === 0) throw failure;
      if (records.size > 0 || !hasMoved) return records;
    }
  }

  /**
   * Waits until one fetch was answered, all failed, or the signal aborts; for a moment only while
   * partitions have no fetch.
   */
  private async firstAnswer(signal: AbortSignal | undefined, isComplete: boolean): Promise<void> {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    let isOver = signal?.aborted === true;
    const stop = () => {
      isOver = true;
      end();
    };
    signal?.addEventListener('abort', stop);
    let patience: NodeJS.Timeout | undefined;
    let again: NodeJS.Timeout | undefined;
    for (;;) {
      const fetches = [...this.fetches];
      const unfinished = fetches.filter(({ outcome }) => outcome === undefined);
      if (isOver || unfinished.length === 0) break;
      const answers = fetches.flatMap(({ outcome }) => (outcome instanceof Map ? [outcome] : []));
      if (answers.length > 0) {
        const endsSoon = unfinished.some(({ dueAt }) => dueAt - performance.now() < togetherMs);
        if (!endsSoon || answers.some(({ size }) => size > 0)) break;
        patience ??= setTimeout(stop, togetherMs);
      }
      if (!isComplete || fetches.some(({ outcome }) => outcome instanceof Error))
        again ??= setTimeout(stop, askAgainMs);
      await Promise.race([over, ...unfinished.map(({ done }) => done)]);
    }
    clearTimeout(patience);
    clearTimeout(again);
    signal?.removeEventListener('abort', stop);
  }

  /**
   * Collects the results of finished fetches that are still wanted. An outage of some brokers is
   * thrown only if there is nothing else; other errors are always thrown.
   */
  private collect(positions: Positions): Records {
    const records = new Map<number, readonly LogRecord[]>();
    let failure: Error | undefined;
    for (const fetch of this.fetches) {
      if (!(fetch.outcome instanceof Error) || fetch.outcome instanceof LogUnavailable) continue;
      this.fetches.delete(fetch);
      throw fetch.outcome;
    }
    for (const fetch of this.fetches) {
      const { outcome } = fetch;
      if (outcome === undefined) continue;
      this.fetches.delete(fetch);
      if (outcome instanceof Error) failure = outcome;
      else
        for (const [partition, found] of outcome)
          if (positions.get(partition) === fetch.positions.get(partition)) records.set(partition, found);
    }
    if (failure !== undefined && records.size === 0 && this.fetches.size === 0) throw failure;
    return records;
  }
}
