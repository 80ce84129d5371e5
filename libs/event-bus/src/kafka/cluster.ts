import { LogUnavailable } from '@tokengrid/event-store';
import { Broker } from './broker.ts';
import type { LogWarnings } from './broker.ts';
import { apis } from './broker-connection.ts';
import type { BrokerAddress, BrokerConnection, ConnectionSettings } from './broker-connection.ts';
import { within } from '../deadline.ts';
import { errorOfCode, noError, unknownTopicOrPartition } from './kafka-errors.ts';
import { requests } from './kafkajs.ts';

interface MetadataAnswer {
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly controllerId: number;
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number;
    readonly topic: string;
    readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
  }[];
}

const notThere: Pick<MetadataAnswer['topicMetadata'][number], 'topicErrorCode' | 'partitionMetadata'> = {
  topicErrorCode: unknownTopicOrPartition,
  partitionMetadata: [],
};

/** Leader of each partition; `undefined` without a leader. */
export type Leaders = readonly (Broker | undefined)[];

/** An outage of one partition, or a topic that does not have it. */
export const noLeader = (topic: string, partition: number): LogUnavailable =>
  new LogUnavailable(`${topic}/${partition} has no leader now, or does not exist`);

/**
 * Brokers and partition leaders: asked once per topic, and again after any failure that may have
 * changed them.
 */
export class Cluster {
  /** Brokers by `host:port`, so that a configured broker and the same one in metadata are one. */
  private readonly brokers = new Map<string, Broker>();
  private readonly leaders = new Map<string, Leaders>();
  private readonly asking = new Map<string, Promise<Leaders | undefined>>();
  private controller: Broker | undefined;

  constructor(
    seeds: readonly BrokerAddress[],
    private readonly settings: ConnectionSettings,
    private readonly logger: LogWarnings | undefined,
  ) {
    for (const seed of seeds) this.broker(seed);
  }

  /** Leader of a partition. @throws LogUnavailable without a leader, topic or partition */
  async leaderOf(topic: string, partition: number): Promise<Broker> {
    const leader = (await this.leadersNow(topic))[partition];
    if (leader !== undefined) return leader;
    this.forget(topic);
    throw noLeader(topic, partition);
  }

  /** Leaders of a topic as known, else asked; none without such a topic. @throws LogUnavailable */
  async leadersNow(topic: string): Promise<Leaders> {
    return this.leaders.get(topic) ?? (await this.leadersOf(topic)) ?? [];
  }

  /** Leaders of a topic, freshly asked; `undefined` without such a topic. @throws LogUnavailable */
  leadersOf(topic: string): Promise<Leaders | undefined> {
    let asking = this.asking.get(topic);
    if (asking === undefined) {
      asking = within(
        this.settings.requestTimeoutMs,
        this.askForLeaders([topic]).then((leaders) => leaders.get(topic)),
        `no leader known for ${topic}`,
      ).finally(() => this.asking.delete(topic));
      this.asking.set(topic, asking);
    }
    return asking;
  }

  /**
   * Leaders of several topics, in one request; missing topics are left out.
   * @throws LogUnavailable
   */
  leadersOfAll(topics: readonly string[]): Promise<ReadonlyMap<string, Leaders>> {
    const { requestTimeoutMs } = this.settings;
    return within(requestTimeoutMs, this.askForLeaders(topics), `no leaders known for ${topics.join(', ')}`);
  }

  /** Leaders of several topics as known; `undefined` unless those of each are. */
  knownLeadersOf(topics: readonly string[]): ReadonlyMap<string, Leaders> | undefined {
    const known = new Map<string, Leaders>();
    for (const topic of topics) {
      const leaders = this.leaders.get(topic);
      if (leaders === undefined) return undefined;
      known.set(topic, leaders);
    }
    return known;
  }

  /** Forgets a topic's leaders, so that they are asked before the next request. */
  forget(topic: string): void {
    this.leaders.delete(topic);
  }

  /** Connection to the controller, which creates topics. @throws LogUnavailable */
  async controllerConnection(): Promise<BrokerConnection> {
    if (this.controller?.isAway === false) return this.controller.connection();
    return this.anyConnection();
  }

  close(): void {
    for (const broker of this.brokers.values()) broker.close();
  }

  private async askForLeaders(topics: readonly string[]): Promise<ReadonlyMap<string, Leaders>> {
    const connection = await this.anyConnection();
    const metadata = requests.Metadata.protocol({ version: apis.metadata.version });
    const answer = await connection.send<MetadataAnswer>(metadata({ topics, allowAutoTopicCreation: false }));
    const nodes = new Map(answer.brokers.map((node) => [node.nodeId, this.broker(node)]));
    this.controller = nodes.get(answer.controllerId);
    const told = new Map(answer.topicMetadata.map((each) => [each.topic, each]));
    const found = new Map<string, Leaders>();
    for (const topic of topics) {
      const { topicErrorCode, partitionMetadata } = told.get(topic) ?? notThere;
      if (topicErrorCode === unknownTopicOrPartition) {
        this.forget(topic);
        continue;
      }
      if (topicErrorCode !== noError) throw errorOfCode(topicErrorCode, `metadata of ${topic}`);
      const leaders: (Broker | undefined)[] = [];
      for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = nodes.get(leader);
      this.leaders.set(topic, leaders);
      found.set(topic, leaders);
    }
    return found;
  }

  /** Shared connection of any broker, those not known to be unreachable first. */
  private async anyConnection(): Promise<BrokerConnection> {
    const candidates = [...this.brokers.values()].sort((one, other) => Number(one.isAway) - Number(other.isAway));
    let failure: unknown;
    for (const broker of candidates) {
      try {
        return await broker.connection();
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  private broker({ host, port }: BrokerAddress): Broker {
    const name = `${host}:${port}`;
    let broker = this.brokers.get(name);
    if (broker === undefined) {
      broker = new Broker({ host, port }, this.settings, this.logger);
      this.brokers.set(name, broker);
    }
    return broker;
  }
}
