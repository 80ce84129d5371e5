import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@tokengrid/event-store';
import { type Kafka, startKafka } from '@tokengrid/infra-local';
import { chainedEvents } from '../chained-events.fixture.ts';
import { KafkaLog } from './kafka-log.ts';
import { untilBack } from './until-back.fixture.ts';

const topic = 'tokengrid.outage';
const patiently = { maxBytes: 1 << 20, maxWaitMs: 10_000 };

describe('when the broker', () => {
  let kafka: Kafka;
  let home: string;
  let log: KafkaLog;
  const warnings: string[] = [];

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tokengrid-event-bus-'));
    kafka = await startKafka({ home });
    const creator = new KafkaLog({ brokers: kafka.brokers, clientId: 'creator' });
    await creator.createTopic(topic, { partitions: 2, replicationFactor: 1 });
    await creator.close();
  }, 60_000);

  afterAll(async () => {
    await kafka?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 30_000);

  beforeEach(() => {
    log = new KafkaLog({
      brokers: kafka.brokers,
      clientId: 'outage',
      requestTimeoutMs: 1_000,
      logger: { warn: (_, message) => warnings.push(message) },
    });
  });

  afterEach(() => log.close());

  it('dies, what is under way fails at once, and soon after its return all goes on, with nothing lost', async () => {
    const { next } = await log.offsetsOf(topic, 0);
    const tail = log.tail(topic);
    const waiting = tail.next(new Map([[0, next]]), patiently).catch((error: unknown) => error);
    await log.append(topic, 1, chainedEvents(1));
    const killed = performance.now();
    await kafka.kill('SIGKILL');
    expect(await waiting).toBeInstanceOf(LogUnavailable);
    expect(performance.now() - killed).toBeLessThan(patiently.maxWaitMs / 2);
    await expect(log.append(topic, 0, chainedEvents(1))).rejects.toThrow(LogUnavailable);
    await expect(log.offsetsOf(topic, 0)).rejects.toThrow(LogUnavailable);
    await expect(log.partitionsOf(topic)).rejects.toThrow(LogUnavailable);

    const appending = untilBack(() => log.append(topic, 0, chainedEvents(1)));
    await kafka.start();
    const ready = performance.now();
    await appending;
    expect(performance.now() - ready).toBeLessThan(1_000);
    const found = await untilBack(() => tail.next(new Map([[0, next]]), patiently));
    expect(found.get(0)!.map(({ headers }) => headers['ce_sequence'])).toContain('1');
    expect((await log.offsetsOf(topic, 1)).next).toBe(1);
    expect(warnings).toEqual(['Kafka is away', 'Kafka is back']);
    tail.close();
  }, 60_000);

  it('hangs, an append fails in the time stated, and works once the broker does', async () => {
    await log.append(topic, 0, chainedEvents(1));
    const pids = kafka.pids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      let start = 0;
      const appending = async () => {
        // Some requests may still succeed before the process freezes.
        for (;;) {
          start = performance.now();
          await log.append(topic, 0, chainedEvents(1));
        }
      };
      await expect(appending()).rejects.toThrow(LogUnavailable);
      expect(performance.now() - start).toBeLessThan(2_000);
      await expect(log.read(topic, 0, 0, { maxBytes: 1_000, maxWaitMs: 100 })).rejects.toThrow(LogUnavailable);
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await untilBack(() => log.append(topic, 0, chainedEvents(1)));
  }, 30_000);

  it('hangs, a reader that waits for news hears of it within seconds, however long it would wait', async () => {
    const { next } = await log.offsetsOf(topic, 0);
    const tail = log.tail(topic);
    // With its connection open, it waits at the broker at once.
    await tail.next(new Map([[0, next]]), { ...patiently, maxWaitMs: 1 });
    const reading = expect(tail.next(new Map([[0, next]]), { ...patiently, maxWaitMs: 60_000 }));
    const heard = reading.rejects.toThrow(LogUnavailable);
    await log.offsetsOf(topic, 0);
    const pids = kafka.pids();
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const hung = performance.now();
    try {
      await heard;
      expect(performance.now() - hung).toBeLessThan(7_000);
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
      tail.close();
    }
    await untilBack(() => log.append(topic, 0, chainedEvents(1)));
  }, 90_000);

  it('is left by closing the log, what is under way fails, and later calls too', async () => {
    const { next } = await log.offsetsOf(topic, 0);
    const waiting = log.read(topic, 0, next, patiently).catch((error: unknown) => error);
    await log.append(topic, 1, chainedEvents(1));
    await log.close();
    expect(await waiting).toBeInstanceOf(LogUnavailable);
    await expect(log.append(topic, 0, chainedEvents(1))).rejects.toThrow(LogUnavailable);
  });
});

describe('an address', () => {
  it('where nobody listens fails at once', async () => {
    const log = new KafkaLog({ brokers: ['127.0.0.1:1'], clientId: 'nobody' });
    await expect(log.partitionsOf(topic)).rejects.toThrow(/Kafka at 127\.0\.0\.1:1: .*ECONNREFUSED/);
    await log.close();
  });

  it('where something listens that never answers fails in the time stated', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const log = new KafkaLog({ brokers: [`127.0.0.1:${port}`], clientId: 'silent', connectionTimeoutMs: 100 });
    const start = performance.now();
    await expect(log.append(topic, 0, chainedEvents(1))).rejects.toThrow(LogUnavailable);
    expect(performance.now() - start).toBeLessThan(1_000);
    await log.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('that is none is an error of whoever configured it', () => {
    expect(() => new KafkaLog({ brokers: ['kafka'], clientId: 'x' })).toThrow(
      'kafka is not the address of a Kafka broker; expected host:port',
    );
    expect(() => new KafkaLog({ brokers: [], clientId: 'x' })).toThrow('no Kafka broker is configured');
  });
});
