import { StockKafka } from '@tokengrid/event-bus/stock';

/** Time limit for a Kafka to delete its topics. */
const patienceMs = 10_000;

/**
 * Deletes all topics of a Kafka, so that the next spec finds it as one that has just started.
 * @throws Error where they stay
 */
export async function emptyKafka(brokers: readonly string[]): Promise<void> {
  const admin = new StockKafka({ brokers: [...brokers], clientId: 'lending-desk', logLevel: 0 }).admin();
  await admin.connect();
  try {
    const left = async () => (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
    const topics = await left();
    if (topics.length > 0) await admin.deleteTopics({ topics });
    for (const end = performance.now() + patienceMs; (await left()).length > 0;) {
      if (performance.now() > end) throw new Error(`topics are still there: ${(await left()).join(', ')}`);
    }
  } finally {
    await admin.disconnect();
  }
}
