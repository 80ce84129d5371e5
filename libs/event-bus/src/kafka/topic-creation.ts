import { setTimeout as delay } from 'node:timers/promises';
import { LogUnavailable } from '@tokengrid/event-store';
import type { TopicSettings } from '@tokengrid/event-store';
import { apis } from './broker-connection.ts';
import type { Cluster } from './cluster.ts';
import { errorOfCode, noError, topicAlreadyExists, unknownServerError } from './kafka-errors.ts';
import { requests } from './kafkajs.ts';
import { endsOfPartitions } from './list-offsets-request.ts';

interface CreateTopicsAnswer {
  readonly topicErrors: readonly { readonly errorCode: number; readonly errorMessage: string | null }[];
}

/** Limit of our topics for one record batch: eight times Kafka's default. */
export const maxMessageBytes = 8 << 20;

const forEver = '-1';
const largestInt64 = '9223372036854775807';
const checkAgainMs = 20;

/**
 * Settings of a service's topic: kept for ever, uncompacted, and never led by a replica that lacks
 * acknowledged records.
 */
function configOf({ replicationFactor }: TopicSettings): Record<string, string> {
  return {
    'cleanup.policy': 'delete',
    'retention.ms': forEver,
    'retention.bytes': forEver,
    'min.insync.replicas': replicationFactor >= 3 ? '2' : '1',
    'unclean.leader.election.enable': 'false',
    'max.message.bytes': String(maxMessageBytes),
    // The broker decompresses foreign batches, and refuses those that it can't: every batch in the
    // topic is readable.
    'compression.type': 'uncompressed',
    // A lane's time never steps back, so it may be ahead of the broker's clock; that must not stop
    // the lane.
    'message.timestamp.after.max.ms': largestInt64,
  };
}

/**
 * Creates a topic and waits until all its partitions are served. An existing topic is unchanged.
 * @throws LogUnavailable, KafkaRefusal
 */
export async function createTopic(
  cluster: Cluster,
  topic: string,
  settings: TopicSettings,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const connection = await cluster.controllerConnection();
  const request = requests.CreateTopics.protocol({ version: apis.createTopics.version })({
    timeout: timeoutMs,
    validateOnly: false,
    topics: [
      {
        topic,
        numPartitions: settings.partitions,
        replicationFactor: settings.replicationFactor,
        configEntries: Object.entries(configOf(settings)).map(([name, value]) => ({ name, value })),
      },
    ],
  });
  const answer = await connection.send<CreateTopicsAnswer>(request);
  const { errorCode, errorMessage } = answer.topicErrors[0] ?? { errorCode: unknownServerError, errorMessage: null };
  if (errorCode === topicAlreadyExists) return;
  if (errorCode !== noError)
    throw errorOfCode(errorCode, `create ${topic}${errorMessage === null ? '' : ` (${errorMessage})`}`);
  while (!(await isServed(cluster, topic, settings.partitions))) {
    if (performance.now() > deadline) throw new LogUnavailable(`${topic} was created, but is not available yet`);
    await delay(checkAgainMs);
  }
}

/**
 * True if all leaders serve requests: one may be named before it knows that it leads, so each gets
 * a request that only a leader answers.
 */
async function isServed(cluster: Cluster, topic: string, partitions: number): Promise<boolean> {
  try {
    for (let partition = 0; partition < partitions; partition++) {
      const leader = await cluster.leaderOf(topic, partition);
      await endsOfPartitions(await leader.connection(), [{ topic, partition }]);
    }
    return true;
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error;
    cluster.forget(topic);
    return false;
  }
}
