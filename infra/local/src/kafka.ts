import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHome, homePaths, resolveHome } from './home.ts';
import { brokerJvmFlags, classArchive, createClassArchive } from './kafka-archive.ts';
import { countBrokers } from './kafka-probe.ts';
import { serverProperties } from './kafka-properties.ts';
import type { KafkaNode } from './kafka-properties.ts';
import { javaProgram, kafkaClassPath } from './kafka-software.ts';
import { formatStorage, readOrCreateCluster } from './kafka-storage.ts';
import type { Cluster } from './kafka-storage.ts';
import { openPart } from './open-part.ts';
import type { PartHandle, PartOptions } from './open-part.ts';
import type { Command } from './part.ts';
import { Ports } from './ports.ts';

export interface KafkaOptions extends PartOptions {
  /** One, or three with replication as in production. By default that of the home, or one. */
  readonly brokers?: 1 | 3 | undefined;
  /** Port of the first broker; a free one by default. */
  readonly port?: number;
  /** Port announced to clients of the first broker, if something stands between. */
  readonly advertisedPort?: number;
}

/** A running Kafka. */
export interface Kafka extends PartHandle {
  /** `host:port` of every broker. */
  readonly brokers: readonly string[];
  /** Single brokers, to break one of three. */
  readonly nodes: readonly PartHandle[];
}

/**
 * Starts the embedded Kafka on a home's data, created if needed. Resolves when every broker is part
 * of the cluster.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const kafka = await openKafka(options);
  try {
    await kafka.start();
  } catch (error) {
    await kafka.stop();
    throw error;
  }
  return kafka;
}

/** The embedded Kafka of a home, not started yet. */
export async function openKafka(options: KafkaOptions): Promise<Kafka> {
  const home = resolveHome(options.home);
  createHome(home);
  const cluster = readOrCreateCluster(home, options.brokers);
  if (!existsSync(classArchive())) {
    options.say?.('preparing a faster start of Kafka (once, some seconds)');
    await createClassArchive();
  }
  const ports = new Ports();
  const nodes = await planNodes(home, cluster, options, ports);
  const parts = nodes.map((node) =>
    openPart(home, options, {
      name: cluster.brokers === 1 ? 'kafka' : `kafka-${node.id}`,
      command: () => brokerCommand(cluster, node, nodes),
      isReady: async () => (await countBrokers(node.port)) >= Math.min(2, cluster.brokers),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 10_000,
      orphanSignal: 'SIGTERM',
    }),
  );
  return {
    name: 'kafka',
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    nodes: parts,
    pids: () => parts.flatMap((part) => part.pids()),
    records: () => parts.flatMap((part) => part.records()),
    start: () => together(parts, (part) => part.start()),
    kill: (signal) => together(parts, (part) => part.kill(signal)),
    stop: async () => {
      await together(parts, (part) => part.stop());
      ports.release();
    },
  };
}

async function planNodes(
  home: string,
  cluster: Cluster,
  { port, advertisedPort }: KafkaOptions,
  ports: Ports,
): Promise<KafkaNode[]> {
  const nodes: KafkaNode[] = [];
  for (let id = 1; id <= cluster.brokers; id += 1) {
    nodes.push({
      id,
      port: id === 1 && port !== undefined ? port : await ports.claimAny(),
      advertisedPort: id === 1 ? advertisedPort : undefined,
      controllerPort: await ports.claimAny(),
      dataDirectory: join(homePaths(home).kafka, `broker-${id}`, 'data'),
    });
  }
  return nodes;
}

async function brokerCommand(cluster: Cluster, node: KafkaNode, nodes: readonly KafkaNode[]): Promise<Command> {
  const folder = join(node.dataDirectory, '..');
  const properties = join(folder, 'server.properties');
  mkdirSync(folder, { recursive: true });
  writeFileSync(properties, serverProperties(node, nodes));
  await formatStorage(cluster, node.dataDirectory, properties);
  const args = [
    ...brokerJvmFlags,
    `-XX:SharedArchiveFile=${classArchive()}`,
    '-cp',
    kafkaClassPath(),
    'kafka.Kafka',
    properties,
  ];
  return { file: javaProgram(), args, options: { cwd: folder } };
}

/** Acts on all parts at once, and rejects after a failure only when all are through. */
async function together(parts: readonly PartHandle[], act: (part: PartHandle) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(parts.map(act));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
