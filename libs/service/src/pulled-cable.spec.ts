import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Kafka, Postgres } from '@tokengrid/infra-local';
import { Cable, startKafka, startPostgres } from '@tokengrid/infra-local';
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
const testMs = 30_000;
/** Time limits under test; Kafka's is 3 s per call. */
const [queryTimeoutMs, connectTimeoutMs, answerTimeoutMs] = [1500, 500, 500];
const kafkaRequestMs = 3000;
/** Slack of a busy machine beyond a time limit. */
const slackMs = 2000;

let home: string;
let postgres: Postgres;
let kafka: Kafka;
let toPostgres: Cable;
let toKafka: Cable;
let urlThroughCable: string;
let far: RunningService;
let near: RunningService;

const shortBounds = {
  DATABASE_QUERY_TIMEOUT_MS: String(queryTimeoutMs),
  DATABASE_CONNECT_TIMEOUT_MS: String(connectTimeoutMs),
  ANSWER_TIMEOUT_MS: String(answerTimeoutMs),
};

/** An instance of the jars. */
function startInstance(
  name: string,
  databaseUrl: string,
  settings: Readonly<Record<string, string>> = shortBounds,
): Promise<RunningService> {
  const config = readConfig(baseConfig, {
    ...specimenEnvironment,
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: `127.0.0.1:${toKafka.port}`,
    LANES: '2',
    SERVICE_INSTANCE: name,
    ...settings,
  });
  const log = openLog({ service: 'jars', instance: name, level: 'silent', format: 'json' });
  return runService({ name: 'jars', module: JarsModule, config, log, openParts: openPostgresAndKafka });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tokengrid-cable-'));
  [toPostgres, toKafka] = await Promise.all([Cable.lay(), Cable.lay()]);
  [postgres, kafka] = await Promise.all([startPostgres({ home }), startKafka({ home, advertisedPort: toKafka.port })]);
  await postgres.ensureDatabase('jars');
  toPostgres.leadTo(postgres.port);
  toKafka.leadTo(Number(kafka.brokers[0]!.split(':')[1]));
  const throughCable = new URL(postgres.url('jars'));
  throughCable.port = String(toPostgres.port);
  urlThroughCable = throughCable.href;
  far = await startInstance('far', urlThroughCable);
  near = await startInstance('near', postgres.url('jars'));
}, serversMs);

afterAll(async () => {
  await Promise.all([far?.close(), near?.close()]);
  await Promise.all([toPostgres?.close(), toKafka?.close()]);
  await Promise.all([kafka?.stop(), postgres?.stop()]);
  await rm(home, { recursive: true, force: true });
}, serversMs);

/** Asks until an answer has the status. */
async function until(status: number, ask: () => Promise<Answered>): Promise<Answered> {
  for (;;) {
    const answered = await ask();
    if (answered.status === status) return answered;
  }
}

/** Two jars, one in each lane. */
const jars = ['a', 'b'];
const fill = ({ url }: RunningService, jar: string, key: string) =>
  call(`${url}/v1/jars/${jar}/fillings`, 'POST', { tokens: '1' }, { 'idempotency-key': key });
const tokensIn = async ({ url }: RunningService, jar: string) => (await call(`${url}/v1/jars/${jar}`)).body['tokens'];

describe('an instance whose cable is pulled', () => {
  it(
    'to Postgres notices it and goes on by other connections; others go on meanwhile, and each command is there once',
    async () => {
      for (const jar of jars) await until(201, () => fill(far, jar, 'before'));
      // The cable is pulled while commands are under way.
      const under = jars.map((jar) => until(201, () => fill(far, jar, 'under way')));
      toPostgres.pull();
      const asked = call(`${far.url}/v1/jars/a`);
      for (const jar of jars) expect(await fill(far, jar, 'pulled')).toMatchObject({ status: 503 });
      for (const jar of jars) await until(201, () => fill(near, jar, 'meanwhile'));
      expect(await asked).toMatchObject({ status: 503, body: { detail: 'the database does not answer' } });
      toPostgres.plugIn();
      const since = performance.now();
      const first = await Promise.all(jars.map((jar) => until(201, () => fill(far, jar, 'pulled'))));
      expect(performance.now() - since).toBeLessThan(queryTimeoutMs + connectTimeoutMs + slackMs);
      await Promise.all(under);
      for (const [lane, jar] of jars.entries()) {
        expect((await fill(near, jar, 'pulled')).body).toEqual(first[lane]!.body);
        for (const instance of [far, near]) expect(await tokensIn(instance, jar)).toBe('4');
      }
    },
    testMs,
  );

  it(
    'to Kafka notices it, answers 202 meanwhile, and publishes by other connections, each command once',
    async () => {
      for (const jar of ['c', 'd']) await until(201, () => fill(far, jar, 'before'));
      const since = performance.now();
      toKafka.pull();
      const pending = await Promise.all(['c', 'd'].map((jar) => fill(far, jar, 'pulled')));
      expect(pending.map(({ status }) => status)).toEqual([202, 202]);
      toKafka.plugIn();
      const outcomes = await Promise.all(
        pending.map(({ headers }) => until(201, () => call(`${far.url}${headers.get('location')}`))),
      );
      // One time limit for all broken connections together, not one per connection.
      expect(performance.now() - since).toBeLessThan(kafkaRequestMs + slackMs);
      expect(outcomes.map(({ body }) => body['jarId'])).toEqual(['c', 'd']);
      for (const jar of ['c', 'd']) expect(await tokensIn(near, jar)).toBe('2');
    },
    testMs,
  );
});

/** Promise of a service with default settings. */
const [answeredWithinMs, backWithinMs] = [6000, 7000];
const callers = 12;

interface Said {
  readonly status: number;
  readonly tookMs: number;
}

describe('a service whose connections died without a word, while a fresh one would get through', () => {
  it.each([
    ['Postgres', () => [toPostgres]],
    ['Kafka', () => [toKafka]],
    ['both', () => [toPostgres, toKafka]],
  ])(
    'to %s answers every request within 6 s, and is back within 7 s',
    async (name, cables) => {
      const service = await startInstance('usual', urlThroughCable, {});
      try {
        const jarsUsed = Array.from({ length: callers }, (_, index) => `usual-${index}`);
        // All at once, so that many connections are open.
        await Promise.all(jarsUsed.map((jar) => until(201, () => fill(service, jar, `before-${name}`))));
        for (const cable of cables()) cable.pull();
        for (const cable of cables()) cable.plugIn();
        const since = performance.now();
        const said: Said[] = [];
        /** Retries until an answer comes: the service is back for this caller. */
        const untilBack = async (ask: () => Promise<Answered>) => {
          for (;;) {
            const asked = performance.now();
            const { status } = await ask();
            said.push({ status, tookMs: performance.now() - asked });
            if (status === 200 || status === 201) return performance.now() - since;
          }
        };
        const back = await Promise.all([
          ...jarsUsed.map((jar) => untilBack(() => fill(service, jar, `after-${name}`))),
          ...jarsUsed.map((jar) => untilBack(() => call(`${service.url}/v1/jars/${jar}`))),
        ]);
        expect(Math.max(...said.map(({ tookMs }) => tookMs))).toBeLessThan(answeredWithinMs);
        expect(said.filter(({ status }) => ![200, 201, 202, 503].includes(status))).toEqual([]);
        expect(Math.max(...back)).toBeLessThan(backWithinMs);
      } finally {
        await service.close();
      }
    },
    2 * testMs,
  );
});
