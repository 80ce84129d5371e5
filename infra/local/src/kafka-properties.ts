/** One broker of the embedded cluster; each is a controller too. */
export interface KafkaNode {
  readonly id: number;
  /** Port for clients. */
  readonly port: number;
  /** Port announced to clients, if it differs. */
  readonly advertisedPort?: number | undefined;
  readonly controllerPort: number;
  readonly dataDirectory: string;
}

/**
 * Settings of one node, as `server.properties`, with production's replication as far as the number
 * of brokers allows.
 */
export function serverProperties(node: KafkaNode, cluster: readonly KafkaNode[]): string {
  const replicas = cluster.length;
  const inSync = Math.min(2, replicas);
  // A killed broker registers again only after its former session: Kafka's 9 s would keep a single
  // one away that long. Coming back takes 2 s anyway, so a session of 2.5 s costs little, and few
  // heartbeats.
  const [sessionMs, heartbeatMs] = replicas === 1 ? [2500, 1000] : [2000, 500];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'log.dirs': node.dataDirectory,
    'controller.quorum.voters': cluster.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.advertisedPort ?? node.port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'broker.session.timeout.ms': sessionMs,
    'broker.heartbeat.interval.ms': heartbeatMs,
    'auto.create.topics.enable': false,
    'unclean.leader.election.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': 0,
    // A killed broker checks at most one such segment per partition when it returns.
    'log.segment.bytes': 64 * 1024 * 1024,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // Each of these threads wakes several times a second without any requests.
    'num.io.threads': 2,
    'num.network.threads': 1,
    'group.coordinator.threads': 1,
    'share.coordinator.threads': 1,
    // Empty records, twice a second and each flushed to the disk, which show that the controller
    // lives: brokers learn that otherwise.
    'metadata.max.idle.interval.ms': 10_000,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
