import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headersOf } from '@tokengrid/contracts';
import { endOfLane, laneEventOf, LogUnavailable, OffsetOutOfRange } from '@tokengrid/event-store';
import type { ChainedEvent, LogRecord } from '@tokengrid/event-store';
import { type BorrowedKafka, borrowKafka } from '@tokengrid/infra-local/testing';
import fc from 'fast-check';
import { anyChainedEvents, chainedEvents } from '../chained-events.fixture.ts';
import { KafkaRefusal } from './kafka-errors.ts';
import { KafkaLog } from './kafka-log.ts';
import { StockKafka } from './kafkajs.ts';
import { Seal, sealHeader } from './seal.ts';
import { PartitionOutOfRange } from '../tailing-log.ts';

const atOnce = { maxBytes: 16 << 20, maxWaitMs: 0 };
const patiently = { maxBytes: 16 << 20, maxWaitMs: 10_000 };

let kafka: BorrowedKafka;
let log: KafkaLog;
let topics = 0;

beforeAll(async () => {
  kafka = await borrowKafka();
  log = new KafkaLog({ brokers: kafka.brokers, clientId: 'kafka-log.spec' });
}, 60_000);

afterAll(async () => {
  await log?.close();
  await kafka?.stop();
}, 30_000);

async function newTopic(partitions = 1): Promise<string> {
  const topic = `tokengrid.spec-${++topics}`;
  await log.createTopic(topic, { partitions, replicationFactor: 1 });
  return topic;
}

const recordsOf = (events: readonly ChainedEvent[]): LogRecord[] =>
  events.map(({ event, previousHash }, offset) => ({
    offset,
    key: event.streamId,
    headers: Object.fromEntries(headersOf(event, previousHash)),
    value: event.value,
  }));

/** Reads until as many records have come. */
async function readAll(topic: string, count: number, partition = 0, reader = log): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  while (records.length < count) {
    const from = (records.at(-1)?.offset ?? -1) + 1;
    const more = await reader.read(topic, partition, from, patiently);
    expect(more.length).toBeGreaterThan(0);
    records.push(...more);
  }
  return records;
}

async function sendByStockClient(topic: string, { key, headers, value, seal }: LogRecord & { readonly seal: string }) {
  const producer = stockClient().producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ key: key!, headers: { ...headers, [sealHeader]: seal }, value }] });
  await producer.disconnect();
}

function stockClient() {
  return new StockKafka({ brokers: [...kafka.brokers], clientId: 'stock', logLevel: 0 });
}

describe('topics', () => {
  it('that are unknown are not created by asking or appending', async () => {
    expect(await log.partitionsOf('tokengrid.nobody')).toBeUndefined();
    await expect(log.append('tokengrid.nobody', 0, chainedEvents(1))).rejects.toThrow(LogUnavailable);
    await expect(log.read('tokengrid.nobody', 0, 0, atOnce)).rejects.toThrow(LogUnavailable);
    expect(await log.partitionsOf('tokengrid.nobody')).toBeUndefined();
  });

  it('are kept for ever, and left as they are if they exist', async () => {
    const topic = await newTopic(3);
    await log.createTopic(topic, { partitions: 5, replicationFactor: 1 });
    expect(await log.partitionsOf(topic)).toBe(3);
    const admin = stockClient().admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic }],
    });
    await admin.disconnect();
    const config = new Map(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    expect(config.get('retention.ms')).toBe('-1');
    expect(config.get('retention.bytes')).toBe('-1');
    expect(config.get('cleanup.policy')).toBe('delete');
    expect(config.get('compression.type')).toBe('uncompressed');
    expect(config.get('min.insync.replicas')).toBe('1');
    expect(config.get('unclean.leader.election.enable')).toBe('false');
  });

  it('that the cluster has too few brokers for are refused', async () => {
    const wish = log.createTopic('tokengrid.wide', { partitions: 1, replicationFactor: 3 });
    await expect(wish).rejects.toThrow(KafkaRefusal);
  });
});

describe('what is sealed', () => {
  it('is told from what anybody else writes, however well that is made', async () => {
    const topic = await newTopic();
    const sealed = new KafkaLog({ brokers: kafka.brokers, clientId: 'sealed', seal: new Seal(['key-of-the-spec-1']) });
    const [first, forged] = chainedEvents(2);
    await sealed.append(topic, 0, [first!]);
    await log.append(topic, 0, [forged!]);
    const [ours] = await readAll(topic, 1);
    await sendByStockClient(topic, { ...recordsOf([forged!])[0]!, seal: ours!.headers[sealHeader]! });
    await sealed.append(topic, 0, [forged!]);
    const read = await readAll(topic, 4, 0, sealed);
    await sealed.close();
    expect(read.map((record) => laneEventOf('wallet', 0, record))).toEqual([
      first,
      { reason: 'it lacks our seal' },
      { reason: 'it lacks our seal' },
      forged,
    ]);
  });

  it('is believed under a key that was in use before, and not under another', async () => {
    const topic = await newTopic();
    const logOf = (...keys: string[]) =>
      new KafkaLog({ brokers: kafka.brokers, clientId: 'sealed', seal: new Seal(keys) });
    const [before, now, other] = [
      logOf('key-of-the-spec-1'),
      logOf('key-of-the-spec-2', 'key-of-the-spec-1'),
      logOf('key-of-the-spec-3'),
    ];
    await before.append(topic, 0, chainedEvents(1));
    expect((await now.read(topic, 0, 0, patiently)).map(({ isForeign }) => isForeign)).toEqual([undefined]);
    expect((await other.read(topic, 0, 0, patiently)).map(({ isForeign }) => isForeign)).toEqual([true]);
    expect((await log.read(topic, 0, 0, patiently)).map(({ isSealed }) => isSealed)).toEqual([true]);
    await Promise.all([before, now, other].map((each) => each.close()));
  });
});

describe('what somebody else appends', () => {
  it('is read however it was compressed', async () => {
    const topic = await newTopic();
    const producer = stockClient().producer();
    await producer.connect();
    await producer.send({ topic, compression: 1, messages: [{ key: 'a', value: 'b'.repeat(1000) }] });
    await producer.disconnect();
    const [record] = await readAll(topic, 1);
    expect(record).toMatchObject({ key: 'a', headers: {} });
  });
});

describe('what was appended', () => {
  it('is read back as it was, by us and by the stock client', async () => {
    const topic = await newTopic();
    const events = fc.sample(anyChainedEvents, { numRuns: 20, seed: 1 }).flat();
    await log.append(topic, 0, events);
    expect(await log.offsetsOf(topic, 0)).toEqual({ first: 0, next: events.length });
    const expected = recordsOf(events);
    expect(await readAll(topic, events.length)).toEqual(expected);
    expect(await consumedByStockClient(topic, events.length)).toEqual(expected);
  }, 20_000);

  it('ends where the append says', async () => {
    const topic = await newTopic();
    const events = chainedEvents(5);
    expect(await log.append(topic, 0, events.slice(0, 2))).toBe(2);
    expect(await log.append(topic, 0, events.slice(2))).toBe(5);
  });

  it('keeps its order when several appends to a lane are under way', async () => {
    const topic = await newTopic();
    const events = chainedEvents(30);
    await Promise.all(events.map((event) => log.append(topic, 0, [event])));
    expect((await readAll(topic, 30)).map(({ headers }) => headers['ce_sequence'])).toEqual(
      events.map(({ event }) => String(event.sequence)),
    );
  });

  it('is in the lane it was meant for when many lanes append at once', async () => {
    const topic = await newTopic(6);
    const lanes = Array.from({ length: 6 }, (_, lane) => chainedEvents(20, () => ({ lane })));
    await Promise.all(lanes.map((events, lane) => log.append(topic, lane, events)));
    for (const [lane, events] of lanes.entries()) expect(await readAll(topic, 20, lane)).toEqual(recordsOf(events));
  });

  it('may be more than fits into one batch', async () => {
    const topic = await newTopic();
    const events = chainedEvents(5, () => ({ value: Buffer.alloc(3 << 20, 'x') }));
    await log.append(topic, 0, events);
    const records = await readAll(topic, 5);
    expect(records.map(({ offset, value }) => [offset, value!.length])).toEqual(
      events.map(({ event }, offset) => [offset, event.value.length]),
    );
  }, 20_000);

  it('is refused, not tried for ever, if one event is larger than the topic takes; other lanes go on', async () => {
    const topic = await newTopic(2);
    const [large, small] = await Promise.allSettled([
      log.append(
        topic,
        0,
        chainedEvents(1, () => ({ value: Buffer.alloc(9 << 20) })),
      ),
      log.append(topic, 1, chainedEvents(1)),
    ]);
    expect(large).toMatchObject({ status: 'rejected', reason: { name: 'KafkaRefusal' } });
    expect(small).toMatchObject({ status: 'fulfilled' });
    expect(await log.offsetsOf(topic, 0)).toEqual({ first: 0, next: 0 });
  });

  it('may have a time that is hours ahead of the clock', async () => {
    const topic = await newTopic();
    const time = Date.now() + 7 * 24 * 3_600_000;
    await log.append(
      topic,
      0,
      chainedEvents(1, () => ({ time })),
    );
    expect(await readAll(topic, 1)).toHaveLength(1);
  });
});

describe('what others wrote', () => {
  it('is read, compressed or not, with values and headers of any kind', async () => {
    const topic = await newTopic();
    const producer = stockClient().producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const messages = [
      { key: null, value: 'garbage' },
      { key: 'ключ', value: null, headers: { имя: 'значение', empty: '' } },
      { key: 'k', value: Buffer.from([0, 255, 128]), headers: { many: ['one', 'two'] } },
    ];
    await producer.send({ topic, messages });
    await producer.send({ topic, messages, compression: 1 });
    await producer.disconnect();
    const once = [
      { key: undefined, headers: {}, value: Buffer.from('garbage') },
      { key: 'ключ', headers: { имя: 'значение', empty: '' }, value: null },
      { key: 'k', headers: { many: 'two' }, value: Buffer.from([0, 255, 128]) },
    ];
    expect(await readAll(topic, 6)).toEqual([...once, ...once].map((record, offset) => ({ offset, ...record })));
  });

  it("does not hold up a reader by a transaction's markers, nor one that reads up to the end", async () => {
    const topic = 'tokengrid.wallet';
    await log.createTopic(topic, { partitions: 1, replicationFactor: 1 });
    await log.append(topic, 0, chainedEvents(1));
    const producer = stockClient().producer({ transactionalId: 'spec', maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'one' }] });
    await transaction.commit();
    await producer.disconnect();
    // The marker comes some time after the commit was answered.
    while ((await log.offsetsOf(topic, 0)).next < 3);
    const marker = { offset: 2, key: undefined, headers: {}, value: null };
    expect(await log.read(topic, 0, 2, atOnce)).toEqual([marker]);
    expect(await endOfLane(log, topic, 0)).toMatchObject({ sequence: 1, offset: 1 });
    const reading = log.read(topic, 0, 3, patiently);
    await log.append(topic, 0, chainedEvents(1));
    expect((await reading).map(({ offset }) => offset)).toEqual([3]);
  }, 20_000);
});

describe('reading', () => {
  it('waits for the first record, and gets it when it comes', async () => {
    const topic = await newTopic();
    const reading = log.read(topic, 0, 0, patiently);
    await log.append(topic, 0, chainedEvents(1));
    const appended = performance.now();
    expect(await reading).toEqual(recordsOf(chainedEvents(1)));
    expect(performance.now() - appended).toBeLessThan(1_000);
  });

  it('gives nothing when nothing comes in time, or nobody waits any more', async () => {
    const topic = await newTopic();
    expect(await log.read(topic, 0, 0, { maxBytes: 1_000, maxWaitMs: 50 })).toEqual([]);
    const ending = new AbortController();
    const reading = log.read(topic, 0, 0, { ...patiently, signal: ending.signal });
    ending.abort();
    expect(await reading).toEqual([]);
  });

  it('of an offset that the partition does not have says so', async () => {
    const topic = await newTopic();
    await log.append(topic, 0, chainedEvents(1));
    expect(await log.read(topic, 0, 1, atOnce)).toEqual([]);
    await expect(log.read(topic, 0, 2, atOnce)).rejects.toThrow(OffsetOutOfRange);
  });

  it('does not delay appends', async () => {
    const topic = await newTopic(2);
    const ending = new AbortController();
    const readings = Array.from({ length: 10 }, () => log.read(topic, 1, 0, { ...patiently, signal: ending.signal }));
    const start = performance.now();
    await log.append(topic, 0, chainedEvents(1));
    expect(performance.now() - start).toBeLessThan(patiently.maxWaitMs / 2);
    ending.abort();
    expect(await Promise.all(readings)).toEqual(Array.from({ length: 10 }, () => []));
  });
});

describe('a tail', () => {
  const sequences = (found: ReadonlyMap<number, readonly LogRecord[]>) =>
    Object.fromEntries(
      [...found].map(([lane, records]) => [lane, records.map(({ headers }) => headers['ce_sequence'])]),
    );

  it('gives what is new in any of its partitions, and nothing else', async () => {
    const topic = await newTopic(4);
    await log.append(topic, 1, chainedEvents(2));
    const tail = log.tail(topic);
    expect(sequences(await tail.next(new Map([[0, 0], [1, 0], [2, 0]]), patiently))).toEqual({ 1: ['1', '2'] }); // prettier-ignore
    const waiting = tail.next(new Map([[0, 0], [1, 2], [2, 0]]), patiently); // prettier-ignore
    await log.append(topic, 3, chainedEvents(1));
    await log.append(topic, 2, chainedEvents(1));
    expect(sequences(await waiting)).toEqual({ 2: ['1'] });
    tail.close();
  });

  it('takes up a partition that joins while others are waited for, and loses nothing of those', async () => {
    const topic = await newTopic(2);
    const tail = log.tail(topic);
    const woken = new AbortController();
    const alone = tail.next(new Map([[0, 0]]), { ...patiently, signal: woken.signal });
    woken.abort();
    expect(sequences(await alone)).toEqual({});
    const both = tail.next(new Map([[0, 0], [1, 0]]), patiently); // prettier-ignore
    await log.append(topic, 1, chainedEvents(1));
    expect(sequences(await both)).toEqual({ 1: ['1'] });
    await log.append(topic, 0, chainedEvents(1));
    expect(sequences(await tail.next(new Map([[0, 0], [1, 1]]), patiently))).toEqual({ 0: ['1'] }); // prettier-ignore
    tail.close();
  });

  it('gives each partition its turn when all have more than fits into an answer', async () => {
    const topic = await newTopic(3);
    const lanes = [0, 1, 2];
    for (const lane of lanes) await log.append(topic, lane, chainedEvents(50));
    const tail = log.tail(topic);
    const seen = new Set<number>();
    for (let turn = 0; turn < lanes.length; turn++) {
      const found = await tail.next(new Map(lanes.map((lane) => [lane, 0])), { maxBytes: 1_000, maxWaitMs: 10_000 });
      for (const lane of found.keys()) seen.add(lane);
    }
    expect([...seen].sort()).toEqual(lanes);
    tail.close();
  });

  it('names the partition whose offset is not there', async () => {
    const topic = await newTopic(2);
    const tail = log.tail(topic);
    const wrong = tail.next(new Map([[0, 0], [1, 5]]), patiently); // prettier-ignore
    await expect(wrong).rejects.toThrow(new PartitionOutOfRange(topic, 1, 5));
    tail.close();
  });

  it('ends what is under way when it is closed', async () => {
    const topic = await newTopic();
    const tail = log.tail(topic);
    const waiting = tail.next(new Map([[0, 0]]), patiently);
    await log.append(topic, 0, []);
    tail.close();
    await expect(waiting).rejects.toThrow(LogUnavailable);
    await expect(tail.next(new Map([[0, 0]]), patiently)).rejects.toThrow(LogUnavailable);
  });
});

async function consumedByStockClient(topic: string, count: number): Promise<LogRecord[]> {
  const consumer = stockClient().consumer({ groupId: topic });
  const records: LogRecord[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          records.push({
            offset: Number(message.offset),
            key: message.key?.toString(),
            headers: Object.fromEntries(Object.entries(message.headers!).map(([name, value]) => [name, String(value)])),
            value: message.value,
          });
          if (records.length === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records;
}
