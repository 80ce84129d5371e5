import { hash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApiKeyIssued,
  type Catalogue,
  encodeData,
  firstPreviousHash,
  hashOf,
  identityCatalogue,
  type IdentityEvent,
  type StoredEvent,
} from '@tokengrid/contracts';
import { KafkaLog, projectionSubscriber } from '@tokengrid/event-bus';
import { StockKafka } from '@tokengrid/event-bus/stock';
import { rebuildForeignProjection, skipEvent } from '@tokengrid/event-store';
import { byteaArray, eventArrays, eventColumns, eventUnnest } from '@tokengrid/event-store/postgres';
import { type BorrowedKafka, borrowKafka, type BorrowedPostgres, borrowPostgres } from '@tokengrid/infra-local/testing';
import { laneOf } from '@tokengrid/kernel';
import pg from 'pg';
import { apiKeys } from './auth/api-keys.projection.ts';
import { baseConfig } from './config/base-config.ts';
import { readConfig } from './config/read-config.ts';
import { openLog } from './log/log.ts';
import { openPostgresAndKafka } from './postgres-and-kafka.ts';
import { type RunningService, runService } from './run-service.ts';
import { type Answered, call } from './specimen/call.ts';
import { jarCatalogue, JarsModule } from './specimen/jars.ts';
import { specimenEnvironment } from './specimen/run-jars.ts';

const lanes = 2;
const partyId = 'org_01jzx0000000000000000000ab';
const subscriber = projectionSubscriber(apiKeys.name);

let postgres: BorrowedPostgres;
let kafka: BorrowedKafka;
let log: KafkaLog;
let pool: pg.Pool;
let jars: RunningService;
let head = { sequence: 0, hash: firstPreviousHash };

async function startJars(): Promise<RunningService> {
  const config = readConfig(baseConfig, {
    ...specimenEnvironment,
    DATABASE_URL: postgres.url('jars'),
    KAFKA_BROKERS: kafka.brokers.join(),
    LANES: String(lanes),
    ANSWER_TIMEOUT_MS: '1000',
  });
  const quiet = openLog({ service: 'jars', instance: '1', level: 'silent', format: 'json' });
  return runService({ name: 'jars', module: JarsModule, config, log: quiet, openParts: openPostgresAndKafka });
}

beforeAll(async () => {
  [postgres, kafka] = await Promise.all([borrowPostgres('jars'), borrowKafka()]);
  log = new KafkaLog({ brokers: kafka.brokers, clientId: 'identity' });
  await log.createTopic(identityCatalogue.topic, { partitions: 1, replicationFactor: 1 });
  pool = new pg.Pool({ connectionString: postgres.url('jars') });
  jars = await startJars();
});
afterAll(async () => {
  await jars?.close();
  await pool?.end();
  await log?.close();
  await Promise.all([kafka?.stop(), postgres?.stop()]);
});

const fill = (jar: string, tokens = '5') => call(`${jars.url}/v1/jars/${jar}/fillings`, 'POST', { tokens });
const look = (jar: string) => call(`${jars.url}/v1/jars/${jar}`);
const ready = () => call(`${jars.url}/health/ready`);
const withKey = (secret: string) =>
  call(`${jars.url}/v1/whoami`, 'GET', undefined, { authorization: `Bearer ${secret}` });

async function until(ask: () => Promise<Answered>, isSo: (answered: Answered) => boolean): Promise<Answered> {
  for (;;) {
    const answered = await ask();
    if (isSo(answered)) return answered;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const has = (status: number) => (answered: Answered) => answered.status === status;
const says = (text: string) => (answered: Answered) => JSON.stringify(answered.body).includes(text);

/** Publishes an event as identity would. */
async function identitySays(fact: IdentityEvent): Promise<void> {
  const sequence = head.sequence + 1;
  const unhashed = {
    ...{ service: 'identity', lane: 0, sequence, streamId: partyId, revision: sequence, type: fact.type, version: 1 },
    ...{
      time: Date.now(),
      commandId: randomUUID(),
      inputHash: undefined,
      causationId: 'spec',
      correlationId: 'spec',
      actor: 'spec',
    },
    traceparent: undefined,
    value: encodeData(fact.data),
  };
  const event = { ...unhashed, hash: hashOf(unhashed, head.hash) };
  await log.append(identityCatalogue.topic, 0, [{ event, previousHash: head.hash }]);
  head = { sequence, hash: event.hash };
}

const issue = (secret: string) =>
  identitySays(
    ApiKeyIssued({
      ...{ keyId: `key_${secret}`, partyId, partyKind: 'developer', name: secret },
      ...{ secretHash: hash('sha256', secret, 'hex'), scopes: [], expiresAt: null },
    } as never),
  );

/** Stores an event in a jar's stream as a release with wider schemas would have. */
async function storeUnreadable(jar: string, revision: number): Promise<StoredEvent> {
  const lane = laneOf(jar, lanes);
  const { rows } = await pool.query<{ sequence: string; hash: Buffer; time: string }>(
    'select sequence, hash, time from lanes where lane = $1',
    [lane],
  );
  const [before] = rows;
  const unhashed = {
    ...{ service: 'jars', lane, sequence: Number(before!.sequence) + 1, streamId: jar, revision, type: 'JarEmptied' },
    ...{ version: 1, time: Number(before!.time), commandId: randomUUID(), inputHash: undefined, causationId: 'spec' },
    ...{ correlationId: 'spec', actor: 'spec', traceparent: undefined, value: Buffer.from('{"tokens":"a few"}') },
  };
  const event = { ...unhashed, hash: hashOf(unhashed, before!.hash.toString('hex')) };
  await pool.query(
    `with stored as (insert into events (${eventColumns}) select $1::int, event.* from unnest(${eventUnnest(2)}) event)
     update lanes set sequence = $16, hash = ($17::bytea[])[1] where lane = $1`,
    [lane, ...eventArrays([event]), event.sequence, byteaArray([Buffer.from(event.hash, 'hex')])],
  );
  return event;
}

/** Another jar in the same lane. */
function neighbourOf(jar: string): string {
  for (let number = 0; ; number++) {
    const other = `${jar}-${number}`;
    if (laneOf(other, lanes) === laneOf(jar, lanes)) return other;
  }
}

describe("a service in whose database an event stands that can't be read", () => {
  it('answers 500 STREAM_UNREADABLE for its stream alone, also after a restart, until it is skipped', async () => {
    const neighbour = neighbourOf('torn');
    for (const jar of ['torn', neighbour]) expect((await fill(jar)).status).toBe(201);
    // Makes the next read load the stream instead of using cached state.
    await pool.query('truncate streams');
    const { sequence, lane } = await storeUnreadable('torn', 3);
    const answered = async () => {
      const [bad, good] = await Promise.all([fill('torn'), fill(neighbour)]);
      expect(bad).toMatchObject({ status: 500, body: { code: 'STREAM_UNREADABLE' } });
      expect(good.status).toBe(201);
      const { status, body } = await ready();
      expect({ status, body }).toMatchObject({ status: 200, body: { status: 'degraded' } });
      expect(body['reasons']).toContain(`stream torn is unreadable: jars/${lane}/${sequence} JarEmptied`);
    };
    await answered();
    await jars.close();
    jars = await startJars();
    await answered();
    const catalogue = jarCatalogue as unknown as Catalogue;
    await skipEvent({ pool, catalogue, lane, sequence, because: 'a test' });
    expect((await fill('torn', '2')).status).toBe(201);
    expect((await look('torn')).body).toMatchObject({ tokens: '7' });
    await until(ready, says('"ready"'));
  });
});

describe('a service that lacks what others have published', () => {
  const rebuild = () =>
    rebuildForeignProjection({
      ...{ pool, log, subscriber, catalogue: identityCatalogue as unknown as Catalogue },
      projection: apiKeys as never,
    });

  it('does not know a key that nobody issued, and knows one that was', async () => {
    expect((await withKey('first')).status).toBe(401);
    await issue('first');
    await until(() => withKey('first'), has(200));
    expect((await withKey('never')).status).toBe(401);
  });

  it('answers 503 instead of 401 while the table of keys has lost rows, and is well once it is rebuilt', async () => {
    await pool.query('truncate api_keys');
    const lost = await until(
      () => withKey('first'),
      (answered) => answered.status !== 200,
    );
    expect(lost).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect(lost.body['detail']).toContain('the table api_keys has lost rows');
    expect((await until(ready, has(503))).body['reasons']).toContainEqual(
      expect.stringMatching(/^the table api_keys has lost rows .*: run rebuild jars api-keys$/),
    );
    // A process that starts on this state has no memory of the keys.
    await jars.close();
    jars = await startJars();
    expect((await withKey('first')).status).toBe(503);
    await rebuild();
    expect((await until(() => withKey('first'), has(200))).status).toBe(200);
    expect((await until(() => withKey('never'), has(401))).status).toBe(401);
  });

  it('answers 503 instead of 401 and 404 while a mark is gone, says so, and is well once it is rebuilt', async () => {
    await pool.query('delete from subscriber_marks where subscriber = $1', [subscriber]);
    const unknown = await until(() => withKey('never'), has(503));
    expect(unknown.body['detail']).toContain(subscriber);
    expect((await look('nowhere')).status).toBe(503);
    await until(ready, says(`${subscriber}, lane 0`));
    await rebuild();
    await until(() => withKey('never'), has(401));
    await until(ready, says('"ready"'));
    expect((await look('nowhere')).status).toBe(404);
  });
});

describe('a service that has not applied what is cut off from a topic', () => {
  it('answers 503 instead of 401, and names the offsets; one that has applied it all goes on', async () => {
    const truncate = async () => {
      const admin = new StockKafka({ brokers: [...kafka.brokers], logLevel: 0 }).admin();
      await admin.connect();
      // Makes the client load the topic's metadata.
      await admin.fetchTopicOffsets(identityCatalogue.topic);
      await admin.deleteTopicRecords({ topic: identityCatalogue.topic, partitions: [{ partition: 0, offset: '-1' }] });
      await admin.disconnect();
    };
    await issue('kept');
    await until(() => withKey('kept'), has(200));
    await truncate();
    await issue('later');
    await until(() => withKey('later'), has(200));
    expect((await withKey('never')).status).toBe(401);
    await jars.close();
    await issue('lost');
    await truncate();
    jars = await startJars();
    const { sequence } = head;
    const reason = `the topic begins at offset ${sequence}, but the records from ${sequence - 1} on are not applied yet`;
    await until(ready, says(reason));
    const { status, body } = await withKey('lost');
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect(body['detail']).toContain(reason);
    expect((await withKey('later')).status).toBe(200);
  });
});

describe('a service whose database is emptied under it', () => {
  it('answers 503 with the reason, reads and commands, and says so', async () => {
    expect((await fill('full')).status).toBe(201);
    await pool.query('truncate events, commands, streams, lanes, relays, event_store, api_keys, subscriber_marks');
    const [read, command] = [await look('full'), await fill('full')];
    for (const { status, body } of [read, command]) {
      expect({ status, body }).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
      expect(body['detail']).toContain('run restore');
    }
    expect((await withKey('first')).status).not.toBe(401);
    expect(await until(ready, has(503))).toMatchObject({ body: { status: 'unready' } });
    await pool.query('drop table api_keys, events');
    expect((await withKey('never')).status).toBe(503);
  });
});
