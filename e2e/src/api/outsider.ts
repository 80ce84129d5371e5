import kafkajs from 'kafkajs';

/**
 * Publishes garbage into every partition of a topic, with the stock client: bytes, nothing, and
 * false headers.
 */
export async function publishGarbage(brokers: readonly string[], topic: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'outsider', logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer();
  try {
    await Promise.all([admin.connect(), producer.connect()]);
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const messages = topics[0]!.partitions.flatMap(({ partitionId: partition }) => [
      { partition, value: Buffer.from([0xff, 0x00, 0x7b]) },
      { partition, key: 'nobody', value: null },
      { partition, value: '{}', headers: { ce_id: 'identity/x/y', ce_type: 'tokengrid.identity.Nothing.v1' } },
    ]);
    await producer.send({ topic, messages });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}
