import { LogUnavailable } from '@tokengrid/event-store';
import type { LogRecord, ReadOptions } from '@tokengrid/event-store';
import type { Broker } from './broker.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Cluster } from './cluster.ts';
import { fetchRecords } from './fetch-request.ts';
import { recordsOf } from './fetched-records.ts';
import type { Tail } from './tailing-log.ts';

type Positions = ReadonlyMap<number, number>;

/** A Fetch that waits at a broker. It outlives the call that started it when another broker answers first. */
interface WaitingFetch {
  readonly positions: Positions;
  /** Never rejects. */
  readonly done: Promise<void>;
  /** Set when done: the records by partition, or what went wrong. */
  outcome?: ReadonlyMap<number, readonly LogRecord[]> | Error;
  readonly cancel: () => void;
}

/** Follows partitions of a topic: one Fetch at a time at each broker that leads some of them. */
export class KafkaTail implements Tail {
  readonly #fetches = new Map<Broker, WaitingFetch>();
  #turn = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly topic: string,
  ) {}

  async next(positions: Positions, options: ReadOptions): Promise<ReadonlyMap<number, readonly LogRecord[]>> {
    if (positions.size === 0 || options.signal?.aborted) return new Map();
    const byBroker = await this.#byLeader(positions);
    for (const [broker, fetch] of this.#fetches)
      if (!covers(fetch.positions, byBroker.get(broker))) this.#cancel(broker);
    for (const [broker, wanted] of byBroker)
      if (!this.#fetches.has(broker)) this.#fetches.set(broker, this.#start(broker, wanted, options));
    await this.#firstRecords(options.signal);
    return this.#collect(positions);
  }

  close(): void {
    for (const broker of [...this.#fetches.keys()]) this.#cancel(broker);
  }

  /** The positions by the broker that leads them. @throws LogUnavailable if nobody leads any of them. */
  async #byLeader(positions: Positions): Promise<Map<Broker, Map<number, number>>> {
    const byBroker = new Map<Broker, Map<number, number>>();
    let failure: unknown;
    for (const [partition, offset] of this.#rotated(positions)) {
      try {
        const broker = await this.cluster.leaderOf(this.topic, partition);
        const ofBroker = byBroker.get(broker) ?? new Map<number, number>();
        byBroker.set(broker, ofBroker.set(partition, offset));
      } catch (error) {
        failure = error;
      }
    }
    if (byBroker.size === 0) throw failure;
    return byBroker;
  }

  /** Another partition goes first each time, so that one with much to read does not use up the limit of every answer. */
  #rotated(positions: Positions): [number, number][] {
    const entries = [...positions];
    const first = this.#turn++ % entries.length;
    return [...entries.slice(first), ...entries.slice(0, first)];
  }

  #start(broker: Broker, positions: Positions, options: ReadOptions): WaitingFetch {
    const cancelled = new AbortController();
    const fetch: WaitingFetch = {
      positions,
      cancel: () => cancelled.abort(),
      done: this.#fetch(broker, positions, options, cancelled.signal).then(
        (records) => void (fetch.outcome = records),
        (error: Error) => void (fetch.outcome = error),
      ),
    };
    return fetch;
  }

  async #fetch(
    broker: Broker,
    positions: Positions,
    options: ReadOptions,
    cancelled: AbortSignal,
  ): Promise<ReadonlyMap<number, readonly LogRecord[]>> {
    try {
      const connection = await broker.lease();
      const drop = () => broker.drop(connection);
      cancelled.addEventListener('abort', drop);
      try {
        if (cancelled.aborted) drop();
        return await this.#read(connection, new Map(positions), options);
      } finally {
        cancelled.removeEventListener('abort', drop);
        broker.release(connection);
      }
    } catch (error) {
      if (error instanceof LogUnavailable) this.cluster.forget(this.topic);
      throw error;
    }
  }

  /** Fetches until there are records, or none in time: what comes first may be only what Kafka keeps for itself. */
  async #read(
    connection: BrokerConnection,
    positions: Map<number, number>,
    options: ReadOptions,
  ): Promise<ReadonlyMap<number, readonly LogRecord[]>> {
    for (;;) {
      const records = new Map<number, readonly LogRecord[]>();
      let hasMoved = false;
      let failure: Error | undefined;
      for (const fetched of await fetchRecords(connection, this.topic, positions, options)) {
        const { partition } = fetched;
        try {
          const decoded = recordsOf(this.topic, fetched, positions.get(partition)!);
          if (decoded.records.length > 0) records.set(partition, decoded.records);
          hasMoved ||= decoded.next > positions.get(partition)!;
          positions.set(partition, decoded.next);
        } catch (error) {
          // A partition that its broker can't serve now matters only if no other has anything: there will be a next time.
          if (!(error instanceof LogUnavailable)) throw error;
          failure = error;
        }
      }
      if (failure !== undefined) this.cluster.forget(this.topic);
      if (failure !== undefined && records.size === 0) throw failure;
      if (records.size > 0 || !hasMoved) return records;
    }
  }

  /** Waits until one broker's fetch gave records, or all are done, or nobody waits any more. */
  async #firstRecords(signal: AbortSignal | undefined): Promise<void> {
    let stopListening = (): void => undefined;
    const aborted = new Promise<void>((resolve) => {
      const listener = () => resolve();
      signal?.addEventListener('abort', listener);
      stopListening = () => signal?.removeEventListener('abort', listener);
    });
    const unfinished = () => [...this.#fetches.values()].filter(({ outcome }) => outcome === undefined);
    const hasRecords = () =>
      [...this.#fetches.values()].some(({ outcome }) => outcome instanceof Map && outcome.size > 0);
    while (!hasRecords() && unfinished().length > 0 && !signal?.aborted)
      await Promise.race([aborted, ...unfinished().map(({ done }) => done)]);
    stopListening();
  }

  /** Takes what the finished fetches gave, as far as it is wanted. */
  #collect(positions: Positions): ReadonlyMap<number, readonly LogRecord[]> {
    const records = new Map<number, readonly LogRecord[]>();
    let failure: Error | undefined;
    let isAnyFine = false;
    for (const [broker, { outcome }] of this.#fetches) {
      if (outcome === undefined) {
        isAnyFine = true;
        continue;
      }
      this.#fetches.delete(broker);
      if (outcome instanceof Error) failure = outcome;
      else {
        isAnyFine = true;
        for (const [partition, found] of outcome) if (positions.has(partition)) records.set(partition, found);
      }
    }
    if (failure !== undefined && (!isAnyFine || !(failure instanceof LogUnavailable))) throw failure;
    return records;
  }

  #cancel(broker: Broker): void {
    this.#fetches.get(broker)?.cancel();
    this.#fetches.delete(broker);
  }
}

/** Whether a fetch that is under way asks for all that is wanted of its broker. */
function covers(underWay: Positions, wanted: Positions | undefined): boolean {
  return wanted !== undefined && [...wanted].every(([partition, offset]) => underWay.get(partition) === offset);
}
