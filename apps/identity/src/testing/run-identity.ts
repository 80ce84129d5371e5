import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { identityCatalogue } from '@tokengrid/contracts';
import { InMemoryLog, openPostgresEventStore } from '@tokengrid/event-store';
import { startPostgres } from '@tokengrid/infra-local';
import type { DomainEvent } from '@tokengrid/kernel';
import {
  DocumentedAnswers,
  migrationsOf,
  openDatabase,
  openLog,
  type OpenParts,
  ownProjectionsOf,
  poolOf,
  postgresApiKeys,
  readConfig,
  type RunningService,
  runService,
} from '@tokengrid/service';
import { identityConfig } from '../config.ts';
import { IdentityModule } from '../identity.module.ts';

export const operatorKey = 'tg_operator_specimen';
const testLanes = 3;

/** Answer to a call. */
export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly location: string | null;
}

/** A request of a spec. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** API key of the caller; absent for an anonymous one. */
  readonly key?: string | undefined;
  readonly idempotencyKey?: string;
  readonly body?: unknown;
}

/**
 * Identity over HTTP on a Postgres of its own. The log is in memory without readers: specs call
 * policies themselves.
 */
export class RunningIdentity {
  readonly documented: DocumentedAnswers;

  constructor(
    private readonly service: RunningService,
    readonly log: InMemoryLog,
    /** Log lines of identity. */
    readonly written: readonly string[],
    readonly close: () => Promise<void>,
  ) {
    this.documented = new DocumentedAnswers(service.app, 'identity');
  }

  /** An instance of one of the module's classes. */
  instance<T>(type: { readonly prototype: T }): T {
    return this.service.app.get(type as Type<T>);
  }

  async call(path: string, { method = 'GET', key, idempotencyKey, body }: Call = {}): Promise<Answered> {
    const response = await fetch(`${this.service.url}${path}`, {
      method,
      headers: {
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status } = response;
    const answered = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (text !== '') this.documented.mustTell({ method, path, status, body: answered });
    return { status, body: answered, location: response.headers.get('location') };
  }

  post(path: string, body: unknown, more: Call = {}): Promise<Answered> {
    return this.call(path, { method: 'POST', body, ...more });
  }

  /** The whole topic as text. */
  topic(): string {
    const lanes = Array.from({ length: testLanes }, (_, lane) => this.log.records(identityCatalogue.topic, lane));
    return lanes.flatMap((records) => records.map(({ key, value }) => `${key} ${value?.toString()}`)).join('\n');
  }
}

/** @param environment settings beside the defaults */
export async function runIdentity(environment: Readonly<Record<string, string>> = {}): Promise<RunningIdentity> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-identity-'));
  const postgres = await startPostgres({ home });
  await postgres.ensureDatabase('identity-keys');
  const config = readConfig(identityConfig, {
    PORT: '0',
    DATABASE_URL: postgres.url('identity'),
    IDENTITY_KEYS_DATABASE_URL: postgres.url('identity-keys'),
    IDENTITY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64url'),
    KAFKA_BROKERS: 'nowhere:1',
    OPERATOR_API_KEY: operatorKey,
    INPUT_HASH_KEY: 'input-hash-key-of-specs',
    DRAIN_MS: '0',
    API_KEY_CACHE_MS: '0',
    // Eight passwords are hashed at once, which takes a busy machine a second.
    ANSWER_TIMEOUT_MS: '3000',
    ...environment,
  });
  const kafka = new InMemoryLog();
  const written: string[] = [];
  const to = { write: (line: string) => void written.push(line) };
  const log = openLog({ service: 'identity', instance: '1', level: 'debug', format: 'json' }, to);
  const openParts = partsOver(kafka);
  const running = await runService({ name: 'identity', module: IdentityModule, config, log, openParts });
  return new RunningIdentity(running, kafka, written, async () => {
    await running.close();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  });
}

/** Parts as in production, except the log, which is in memory. */
const partsOver =
  (kafka: InMemoryLog): OpenParts =>
  async ({ definition, config, log }) => {
    const { catalogue, entities = [] } = definition;
    const migrations = migrationsOf(definition);
    const dataSource = await openDatabase({ name: 'identity', config, migrations, entities, log });
    const { store, clock } = await openPostgresEventStore<DomainEvent, unknown>({
      pool: poolOf(dataSource),
      log: kafka,
      catalogue,
      projections: ownProjectionsOf(definition),
      topic: { lanes: testLanes, replicationFactor: 1 },
      limits: { answerTimeoutMs: config.answerTimeoutMs },
      // Read each time, so that a spec can step it.
      clock: () => Date.now(),
      ownClock: { maxSkewMs: Number.POSITIVE_INFINITY },
    });
    return {
      store,
      clock,
      dataSource,
      apiKeys: postgresApiKeys(poolOf(dataSource)),
      transports: [],
      unsure: () => Promise.resolve(undefined),
      warnings: () => [],
      checkDatabase: async () => undefined,
      checkLog: async () => undefined,
      close: async () => {
        await store.close();
        await dataSource.destroy();
      },
    };
  };
