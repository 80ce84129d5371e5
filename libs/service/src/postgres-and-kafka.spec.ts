import { hash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApiKeyIssued,
  ApiKeyRevoked,
  encodeData,
  firstPreviousHash,
  hashOf,
  identityCatalogue,
} from '@tokengrid/contracts';
import type { IdentityEvent } from '@tokengrid/contracts';
import { KafkaLog } from '@tokengrid/event-bus';
import type { Kafka, Postgres } from '@tokengrid/infra-local';
import { startKafka, startPostgres } from '@tokengrid/infra-local';
import pg from 'pg';
import { baseConfig } from './config/base-config.ts';
import { readConfig } from './config/read-config.ts';
import { openLog } from './log/log.ts';
import { openPostgresAndKafka } from './postgres-and-kafka.ts';
import type { RunningService } from './run-service.ts';
import { runService } from './run-service.ts';
import type { Answered } from './specimen/call.ts';
import { call } from './specimen/call.ts';
import { JarsModule } from './specimen/jars.ts';
import { specimenEnvironment } from './specimen/run-jars.ts';

const serversMs = 120_000;
const answerTimeoutMs = 1000;

let home: string;
let postgres: Postgres;
let kafka: Kafka;
let log: KafkaLog;
let instances: RunningService[] = [];

/** Starts one more instance of the jars. */
async function startInstance(): Promise<RunningService> {
  const config = readConfig(baseConfig, {
    ...specimenEnvironment,
    DATABASE_URL: postgres.url('jars'),
    KAFKA_BROKERS: kafka.brokers.join(),
    LANES: '2',
    ANSWER_TIMEOUT_MS: String(answerTimeoutMs),
    SERVICE_INSTANCE: String(instances.length + 1),
  });
  const quiet = openLog({ service: 'jars', instance: '1', level: 'silent', format: 'json' });
  const openParts = openPostgresAndKafka;
  return runService({ name: 'jars', module: JarsModule, config, log: quiet, openParts });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokengrid-service-'));
  [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home })]);
  await postgres.ensureDatabase('jars');
  log = new KafkaLog({ brokers: kafka.brokers, clientId: 'identity' });
  await log.createTopic(identityCatalogue.topic, { partitions: 1, replicationFactor: 1 });
  // Started together, on an empty database and without a topic: they must not collide.
  instances = await Promise.all([startInstance(), startInstance()]);
}, serversMs);

afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.close()));
  await log?.close();
  await Promise.all([kafka?.stop(), postgres?.stop()]);
  await rm(home, { recursive: true, force: true });
}, serversMs);

let head = { sequence: 0, hash: firstPreviousHash };

/** Publishes an event as identity would. */
async function identitySays(fact: IdentityEvent): Promise<void> {
  const sequence = head.sequence + 1;
  const unhashed = {
    service: 'identity',
    lane: 0,
    sequence,
    streamId: 'org_1',
    revision: sequence,
    type: fact.type,
    version: 1,
    time: Date.now(),
    commandId: randomUUID(),
    inputHash: undefined,
    causationId: 'spec',
    correlationId: 'spec',
    actor: 'spec',
    traceparent: undefined,
    value: encodeData(fact.data),
  };
  const event = { ...unhashed, hash: hashOf(unhashed, head.hash) };
  await log.append(identityCatalogue.topic, 0, [{ event, previousHash: head.hash }]);
  head = { sequence, hash: event.hash };
}

const partyId = 'org_01jzx0000000000000000000ab';
const urls = () => instances.map(({ url }) => url);
const whoami = (url: string) => call(`${url}/v1/whoami`, 'GET', undefined, { authorization: 'Bearer the-secret' });

/** Time until every instance answers with a status, in milliseconds. */
async function untilAllAnswer(status: number): Promise<number> {
  const start = performance.now();
  for (const url of urls()) while ((await whoami(url)).status !== status);
  return performance.now() - start;
}

/** Asks until an answer has the status, and fits. */
async function until(status: number, ask: () => Promise<Answered>, fits = (_: Answered) => true): Promise<Answered> {
  for (;;) {
    const answered = await ask();
    if (answered.status === status && fits(answered)) return answered;
  }
}

describe('a service on Postgres and Kafka', () => {
  it('gets ready, in each of its instances', async () => {
    for (const url of urls()) {
      const isReady = ({ body }: Answered) => body['status'] === 'ready';
      const answered = await until(200, () => call(`${url}/health/ready`), isReady);
      expect(answered.body).toMatchObject({ reasons: [] });
    }
  });

  it('takes commands in any instance, and answers a repeat alike in another', async () => {
    const fill = (url: string) =>
      call(`${url}/v1/jars/a/fillings`, 'POST', { tokens: '5' }, { 'idempotency-key': 'twice' });
    const [first, second] = [await fill(urls()[0]!), await fill(urls()[1]!)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    for (const url of urls()) expect((await call(`${url}/v1/jars/a`)).body).toEqual({ jarId: 'a', tokens: '5' });
  });

  it('lets a key work in every instance within a second of its issue, and no longer than a second after it is revoked', async () => {
    expect((await whoami(urls()[0]!)).status).toBe(401);
    await identitySays(
      ApiKeyIssued({
        keyId: 'key_1',
        partyId,
        partyKind: 'developer',
        name: 'first',
        secretHash: hash('sha256', 'the-secret', 'hex'),
        scopes: [],
        expiresAt: null,
      }),
    );
    expect(await untilAllAnswer(200)).toBeLessThan(1000);
    await identitySays(ApiKeyRevoked({ keyId: 'key_1', partyId }));
    expect(await untilAllAnswer(401)).toBeLessThan(1000);
  });

  it(
    'goes on without Kafka: degraded, with 202 and later the outcome; one that starts meanwhile waits for it',
    async () => {
      const [url] = urls() as [string];
      await kafka.kill('SIGKILL');
      const late = startInstance();
      const pending = await call(`${url}/v1/jars/b/fillings`, 'POST', { tokens: '7' }, { 'idempotency-key': 'later' });
      expect(pending.status).toBe(202);
      expect(await call(`${url}/health/ready`)).toMatchObject({ status: 200, body: { status: 'degraded' } });
      await kafka.start();
      const outcome = await until(201, () => call(`${url}${pending.headers.get('location')}`));
      expect(outcome.body).toMatchObject({ jarId: 'b', tokens: '7' });
      instances.push(await late);
    },
    serversMs,
  );

  it(
    'is unready without Postgres, with 503 to callers, and recovers by itself',
    async () => {
      const [url] = urls() as [string];
      await postgres.kill('SIGKILL');
      const refused = await call(`${url}/v1/jars/c/fillings`, 'POST', { tokens: '1' }, { 'idempotency-key': 'c' });
      expect(refused).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(await whoami(url)).toMatchObject({ status: 503, body: { detail: 'the database does not answer' } });
      expect(await call(`${url}/health/ready`)).toMatchObject({ status: 503, body: { status: 'unready' } });
      await postgres.start();
      const fill = () => call(`${url}/v1/jars/c/fillings`, 'POST', { tokens: '1' }, { 'idempotency-key': 'c' });
      expect((await until(201, fill)).body).toMatchObject({ tokens: '1' });
      await until(200, () => call(`${url}/health/ready`));
    },
    serversMs,
  );

  it(
    'looks for losses when its readiness is asked for, not only at its own intervals',
    async () => {
      const [url] = urls() as [string];
      const database = new pg.Client(postgres.url('jars'));
      await database.connect();
      const ready = () => call(`${url}/health/ready`);
      const lost = performance.now();
      await database.query('update lanes set sequence = -sequence - 1');
      const { body } = await until(503, ready);
      expect(performance.now() - lost).toBeLessThan(1500);
      expect(String((body as { reasons: unknown }).reasons)).toMatch(/the database (ends at|only up to) -/);
      await database.query('update lanes set sequence = -sequence - 1');
      await until(200, ready);
      await database.end();
    },
    serversMs,
  );
});
