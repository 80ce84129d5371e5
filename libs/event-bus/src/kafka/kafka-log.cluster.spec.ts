import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Kafka, startKafka } from '@tokengrid/infra-local';
import { chainedEvents } from '../chained-events.fixture.ts';
import { KafkaLog } from './kafka-log.ts';
import { StockKafka } from './kafkajs.ts';
import type { Tail } from '../tailing-log.ts';
import { untilBack } from './until-back.fixture.ts';

const topic = 'tokengrid.cluster';
const lanes = [0, 1, 2, 3, 4, 5];
const patiently = { maxBytes: 1 << 20, maxWaitMs: 10_000 };

/** Follows all lanes until each has as many records as stated; returns the next offsets. */
async function follow(tail: Tail, from: ReadonlyMap<number, number>, until: number): Promise<Map<number, number>> {
  const positions = new Map(from);
  while ([...positions.values()].some((offset) => offset < until)) {
    const found = await untilBack(() => tail.next(positions, patiently));
    for (const [lane, records] of found) {
      expect(records[0]!.offset).toBe(positions.get(lane));
      positions.set(lane, records.at(-1)!.offset + 1);
    }
  }
  return positions;
}

describe('three brokers, of which one dies', () => {
  let kafka: Kafka;
  let home: string;
  let log: KafkaLog;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tokengrid-event-bus-'));
    kafka = await startKafka({ home, brokers: 3 });
    log = new KafkaLog({ brokers: [kafka.brokers[0]!], clientId: 'cluster' });
    await log.createTopic(topic, { partitions: lanes.length, replicationFactor: 3 });
  }, 120_000);

  afterAll(async () => {
    await log?.close();
    await kafka?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 30_000);

  it('keep a topic in three copies, of which two must be written, and let none lead that lacks what was acknowledged', async () => {
    const admin = new StockKafka({ brokers: [...kafka.brokers], clientId: 'stock', logLevel: 0 }).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic }],
    });
    await admin.disconnect();
    expect(topics[0]!.partitions.map(({ replicas }) => replicas.length)).toEqual(lanes.map(() => 3));
    const config = Object.fromEntries(
      resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
    );
    expect(config).toMatchObject({ 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' });
  });

  it('keep every lane going, for those who append and those who follow', async () => {
    const tail = log.tail(topic);
    await Promise.all(lanes.map((lane) => log.append(topic, lane, chainedEvents(2))));
    const positions = await follow(tail, new Map(lanes.map((lane) => [lane, 0])), 2);

    // A lane with news does not wait for those that another broker leads and that have none.
    for (const lane of lanes) {
      const waiting = tail.next(positions, patiently);
      await log.append(topic, lane, chainedEvents(1));
      const appended = performance.now();
      expect([...(await waiting).keys()]).toEqual([lane]);
      expect(performance.now() - appended).toBeLessThan(patiently.maxWaitMs / 2);
      positions.set(lane, 3);
    }

    // A client that only asks for the ends of lanes has to find the new leaders, too.
    const asking = new KafkaLog({ brokers: [...kafka.brokers], clientId: 'asking' });
    const ends = () => Promise.all(lanes.map((lane) => untilBack(() => asking.offsetsOf(topic, lane))));
    expect((await ends()).map(({ next }) => next)).toEqual(lanes.map(() => 3));

    await kafka.nodes[0]!.kill('SIGKILL');
    expect((await ends()).map(({ next }) => next)).toEqual(lanes.map(() => 3));
    await asking.close();
    await Promise.all(lanes.map((lane) => untilBack(() => log.append(topic, lane, chainedEvents(1)))));
    await follow(tail, positions, 4);
    await kafka.nodes[0]!.start();
    await Promise.all(lanes.map((lane) => untilBack(() => log.append(topic, lane, chainedEvents(1)))));
    tail.close();
  }, 120_000);

  it('are read again soon after they lead again, however long others wait for news', async () => {
    const single = 'tokengrid.single';
    const maxWaitMs = 60_000;
    await log.createTopic(single, { partitions: lanes.length, replicationFactor: 1 });
    await Promise.all(lanes.map((lane) => untilBack(() => log.append(single, lane, chainedEvents(1)))));
    const [, node] = kafka.nodes;
    await node!.kill('SIGKILL');
    const isThere = (lane: number) =>
      log.offsetsOf(single, lane).then(
        () => true,
        () => false,
      );
    const alive = await Promise.all(lanes.map(isThere));
    const orphans = lanes.filter((_, at) => !alive[at]);
    expect(orphans.length).toBeGreaterThan(0);
    expect(orphans.length).toBeLessThan(lanes.length);

    const tail = log.tail(single);
    const positions = new Map(lanes.map((lane) => [lane, 1]));
    const heard = (async () => {
      for (;;) {
        const found = await untilBack(() => tail.next(positions, { ...patiently, maxWaitMs }));
        if (found.size > 0) return [...found.keys()];
      }
    })();
    await node!.start();
    await untilBack(() => log.append(single, orphans[0]!, chainedEvents(1)));
    const appended = performance.now();
    expect(await heard).toEqual([orphans[0]]);
    expect(performance.now() - appended).toBeLessThan(maxWaitMs / 4);
    tail.close();
  }, 180_000);
});
