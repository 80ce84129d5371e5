import type { ConnectionOptions } from 'node:tls';
import { LogUnavailable } from '@tokengrid/event-store';
import type { ChainedEvent, LogRecord, PartitionEnds, ReadOptions, TopicSettings } from '@tokengrid/event-store';
import { AppendQueue } from './append-queue.ts';
import type { Broker, LogWarnings } from './broker.ts';
import type { BrokerAddress } from './broker-connection.ts';
import { Cluster, type Leaders } from './cluster.ts';
import { KafkaTail } from './kafka-tail.ts';
import type { SASLOptions } from './kafkajs.ts';
import { endsOfPartitions, type TopicPartition } from './list-offsets-request.ts';
import { batchLayout } from './record-batch-layout.ts';
import { encodeRecordBatches } from './record-batch-writer.ts';
import type { Seal } from './seal.ts';
import type { Tail, TailingLog } from '../tailing-log.ts';
import { createTopic, maxMessageBytes } from './topic-creation.ts';

export interface KafkaLogOptions {
  /** `host:port` of some brokers; the others are discovered. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Time limit of one call, including its connection. Default 3,000. */
  readonly requestTimeoutMs?: number;
  /** Time limit of opening one connection. Default 1,000. */
  readonly connectionTimeoutMs?: number;
  readonly ssl?: ConnectionOptions;
  readonly sasl?: SASLOptions;
  /** Seals appended records; a record read without a seal is marked as foreign. */
  readonly seal?: Seal | undefined;
  /** Called when a broker becomes unreachable, and when it is back. */
  readonly logger?: LogWarnings;
}

/** Half of the topic's limit for one batch, so that the limit is never missed by a few bytes. */
const maxBatchBytes = maxMessageBytes / 2;

/**
 * Event log over Kafka. Calls fail with `LogUnavailable` within `requestTimeoutMs` and are not
 * retried here; the next one reconnects, at most a quarter of a second after the broker is back.
 */
export class KafkaLog implements TailingLog {
  private readonly cluster: Cluster;
  private readonly appends = new Map<Broker, AppendQueue>();
  private readonly timeoutMs: number;
  private readonly seal: Seal | undefined;

  constructor(options: KafkaLogOptions) {
    const {
      brokers,
      clientId,
      requestTimeoutMs = 3_000,
      connectionTimeoutMs = 1_000,
      ssl,
      sasl,
      seal,
      logger,
    } = options;
    if (brokers.length === 0) throw new RangeError('no Kafka broker is configured');
    this.timeoutMs = requestTimeoutMs;
    this.seal = seal;
    const settings = { clientId, requestTimeoutMs, connectionTimeoutMs, ssl, sasl };
    this.cluster = new Cluster(brokers.map(addressOf), settings, logger);
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    return (await this.cluster.leadersOf(topic))?.length;
  }

  async createTopic(topic: string, settings: TopicSettings): Promise<void> {
    await createTopic(this.cluster, topic, settings, this.timeoutMs);
  }

  /**
   * Appends as {@link EventLog} says; events that do not fit into one batch go in several requests,
   * one after another.
   */
  async append(topic: string, partition: number, events: readonly ChainedEvent[]): Promise<number> {
    let next = 0;
    for (const batch of encodeRecordBatches(events, maxBatchBytes, this.seal)) {
      const start = performance.now();
      const leader = await this.cluster.leaderOf(topic, partition);
      const timeoutMs = Math.max(0, start + this.timeoutMs - performance.now());
      const appending = this.appendsTo(leader).append({ topic, partition, batch }, timeoutMs);
      next = (await this.doubting(topic, appending)) + batch.readInt32BE(batchLayout.lastOffsetDelta) + 1;
    }
    return next;
  }

  async read(topic: string, partition: number, from: number, options: ReadOptions): Promise<readonly LogRecord[]> {
    const tail = this.tail(topic);
    try {
      return (await tail.next(new Map([[partition, from]]), options)).get(partition) ?? [];
    } finally {
      tail.close();
    }
  }

  async offsetsOf(topic: string, partition: number): Promise<PartitionEnds> {
    const leader = await this.cluster.leaderOf(topic, partition);
    const asking = async () => endsOfPartitions(await leader.connection(), [{ topic, partition }]);
    const [ends] = await this.doubting(topic, asking());
    return { first: ends!.first, next: ends!.next };
  }

  /**
   * Asks the known leaders first: the answer of one that leads no more, or of a topic that is gone,
   * is an error, and then the leaders are asked for.
   */
  async endsOf(topics: readonly string[]): Promise<ReadonlyMap<string, readonly PartitionEnds[]>> {
    const known = this.cluster.knownLeadersOf(topics);
    const start = performance.now();
    if (known !== undefined) {
      try {
        return await this.endsAt(topics, known);
      } catch (error) {
        const hasTime = performance.now() - start < this.timeoutMs / 2;
        if (!(error instanceof LogUnavailable) || !hasTime) throw error;
      }
    }
    return this.endsAt(topics, await this.cluster.leadersOfAll(topics));
  }

  private async endsAt(
    topics: readonly string[],
    leaders: ReadonlyMap<string, Leaders>,
  ): Promise<ReadonlyMap<string, readonly PartitionEnds[]>> {
    const byBroker = new Map<Broker, TopicPartition[]>();
    for (const [topic, ofTopic] of leaders) {
      // By index: a partition without a leader may be a hole.
      for (let partition = 0; partition < ofTopic.length; partition++) {
        const leader = ofTopic[partition] ?? (await this.cluster.leaderOf(topic, partition));
        byBroker.set(leader, [...(byBroker.get(leader) ?? []), { topic, partition }]);
      }
    }
    const asking = [...byBroker].map(async ([leader, partitions]) =>
      endsOfPartitions(await leader.connection(), partitions),
    );
    try {
      const found = (await Promise.all(asking)).flat();
      const ends = new Map([...leaders.keys()].map((topic) => [topic, [] as PartitionEnds[]]));
      for (const { topic, partition, first, next } of found) ends.get(topic)![partition] = { first, next };
      return ends;
    } catch (error) {
      if (error instanceof LogUnavailable) for (const topic of topics) this.cluster.forget(topic);
      throw error;
    }
  }

  tail(topic: string): Tail {
    return new KafkaTail(this.cluster, topic, this.seal);
  }

  async close(): Promise<void> {
    this.cluster.close();
  }

  private appendsTo(leader: Broker): AppendQueue {
    let queue = this.appends.get(leader);
    if (queue === undefined) {
      // The broker reports its time-out first, so silence means that the connection is dead.
      queue = new AppendQueue(leader, Math.ceil(this.timeoutMs * 0.9));
      this.appends.set(leader, queue);
    }
    return queue;
  }

  /**
   * Forgets the leaders after a failed call, which may have gone to a broker that no longer leads.
   */
  private async doubting<Result>(topic: string, call: Promise<Result>): Promise<Result> {
    try {
      return await call;
    } catch (error) {
      if (error instanceof LogUnavailable) this.cluster.forget(topic);
      throw error;
    }
  }
}

/** @throws RangeError */
function addressOf(broker: string): BrokerAddress {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(broker.trim()) ?? [];
  if (host === undefined) throw new RangeError(`${broker} is not the address of a Kafka broker; expected host:port`);
  return { host, port: Number(port) };
}
