import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@tokengrid/event-store';
import { type BorrowedKafka, borrowKafka } from '@tokengrid/infra-local/testing';
import { chainedEvents } from '../chained-events.fixture.ts';
import { KafkaLog } from './kafka-log.ts';
import { StockKafka } from './kafkajs.ts';

let kafka: BorrowedKafka;
let log: KafkaLog;

beforeAll(async () => {
  kafka = await borrowKafka();
  log = new KafkaLog({ brokers: kafka.brokers, clientId: 'deleted' });
}, 60_000);

afterAll(async () => {
  await log?.close();
  await kafka?.stop();
}, 30_000);

async function newTopic(): Promise<string> {
  const topic = `tokengrid.deleted-${randomUUID()}`;
  await log.createTopic(topic, { partitions: 2, replicationFactor: 1 });
  return topic;
}

async function deleteTopic(topic: string): Promise<void> {
  const admin = new StockKafka({ brokers: [...kafka.brokers], logLevel: 0 }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}

describe('a topic that is deleted', () => {
  it('has no ends, and those of the new one once it is made anew', async () => {
    const topic = await newTopic();
    await log.append(topic, 1, chainedEvents(3));
    const empty = { first: 0, next: 0 };
    const ends = [empty, { first: 0, next: 3 }];
    // Asked first with a topic that there is not, then from known leaders.
    expect(await log.endsOf([topic, 'tokengrid.nobody'])).toEqual(new Map([[topic, ends]]));
    expect(await log.endsOf([topic])).toEqual(new Map([[topic, ends]]));
    await deleteTopic(topic);
    while ((await log.endsOf([topic])).size > 0);
    await log.createTopic(topic, { partitions: 2, replicationFactor: 1 });
    expect(await log.endsOf([topic])).toEqual(new Map([[topic, [empty, empty]]]));
  });

  it('ends the wait of a tail at once, however long it would be', async () => {
    const topic = await newTopic();
    const tail = log.tail(topic);
    const waiting = tail.next(new Map([[0, 0], [1, 0]]), { maxBytes: 1 << 20, maxWaitMs: 60_000 }); // prettier-ignore
    const heard = expect(waiting).rejects.toThrow(LogUnavailable);
    await log.append(topic, 0, []);
    const deleted = performance.now();
    await deleteTopic(topic);
    await heard;
    expect(performance.now() - deleted).toBeLessThan(5_000);
    tail.close();
  }, 90_000);
});
