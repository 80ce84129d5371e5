import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { operatorPartyId, type PartyKind } from '@tokengrid/contracts';
import { InMemoryLog, openPostgresEventStore } from '@tokengrid/event-store';
import { startPostgres } from '@tokengrid/infra-local';
import type { DomainEvent } from '@tokengrid/kernel';
import {
  type ApiKeyRow,
  defaultScopesOf,
  DocumentedAnswers,
  migrationsOf,
  newId,
  openDatabase,
  openLog,
  type OpenParts,
  ownProjectionsOf,
  poolOf,
  readConfig,
  type RunningService,
  runService,
  withoutOrigin,
} from '@tokengrid/service';
import { AppRegistryModule } from '../app-registry.module.ts';
import { appRegistryConfig } from '../config.ts';

const operatorApiKey = 'tg_operator_specimen';

/** A caller, with the scopes of such a party's first key. */
export interface Caller {
  readonly secret: string;
  readonly partyId: string;
}

/** Answer to a call. */
export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly location: string | null;
}

/** The registry over HTTP on a Postgres of its own. The log is in memory without readers. */
export class RunningAppRegistry {
  readonly operator: Caller = { secret: operatorApiKey, partyId: operatorPartyId };

  readonly documented: DocumentedAnswers;

  constructor(
    private readonly service: RunningService,
    private readonly keys: Map<string, ApiKeyRow>,
    readonly log: InMemoryLog,
    readonly close: () => Promise<void>,
  ) {
    this.documented = new DocumentedAnswers(service.app, 'app-registry');
  }

  /** An instance of one of the module's classes. */
  instance<T>(type: { readonly prototype: T }): T {
    return this.service.app.get(type as Type<T>);
  }

  /** A party of a kind, known as through identity's events. */
  party(partyKind: PartyKind): Caller {
    const partyId = newId(partyKind === 'subscriber' ? 'sub' : 'org');
    const secret = newId('secret');
    const secretHash = createHash('sha256').update(secret).digest('hex');
    const keyId = newId('key');
    const rights = {
      lineage: withoutOrigin(keyId),
      scopes: defaultScopesOf(partyKind),
      expiresAt: null,
      revoked: false,
      suspended: false,
    };
    this.keys.set(secretHash, { secretHash, keyId, partyId, partyKind, ...rights });
    return { secret, partyId };
  }

  async call(who: Caller | undefined, method: string, path: string, body?: unknown, key?: string): Promise<Answered> {
    const response = await fetch(`${this.service.url}${path}`, {
      method,
      headers: {
        ...(who && { authorization: `Bearer ${who.secret}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status } = response;
    const answered = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (text !== '') this.documented.mustTell({ method, path, status, body: answered });
    return { status, body: answered, location: response.headers.get('location') };
  }

  get(who: Caller | undefined, path: string): Promise<Answered> {
    return this.call(who, 'GET', path);
  }

  post(who: Caller | undefined, path: string, body?: unknown, key?: string): Promise<Answered> {
    return this.call(who, 'POST', path, body, key);
  }
}

export async function runAppRegistry(environment: Record<string, string> = {}): Promise<RunningAppRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-app-registry-'));
  const postgres = await startPostgres({ home });
  await postgres.ensureDatabase('app_registry');
  const config = readConfig(appRegistryConfig, {
    PORT: '0',
    DATABASE_URL: postgres.url('app_registry'),
    KAFKA_BROKERS: 'nowhere:1',
    OPERATOR_API_KEY: operatorApiKey,
    INPUT_HASH_KEY: 'input-hash-key-of-specs',
    DRAIN_MS: '0',
    LOG_LEVEL: 'silent',
    ANSWER_TIMEOUT_MS: '500',
    ...environment,
  });
  const keys = new Map<string, ApiKeyRow>();
  const kafka = new InMemoryLog();
  const log = openLog({ service: 'app-registry', instance: '1', level: config.logLevel, format: 'json' });
  const openParts = partsOver(kafka, keys);
  const running = await runService({ name: 'app-registry', module: AppRegistryModule, config, log, openParts });
  return new RunningAppRegistry(running, keys, kafka, async () => {
    await running.close();
    await postgres.stop();
    await rm(home, { recursive: true, force: true });
  });
}

/** Parts as in production, except the log and the API keys. */
const partsOver =
  (kafka: InMemoryLog, keys: ReadonlyMap<string, ApiKeyRow>): OpenParts =>
  async ({ definition, config, log }) => {
    const { catalogue, entities = [] } = definition;
    const migrations = migrationsOf(definition);
    const dataSource = await openDatabase({ name: 'app-registry', config, migrations, entities, log });
    const { store, clock } = await openPostgresEventStore<DomainEvent, unknown>({
      pool: poolOf(dataSource),
      log: kafka,
      catalogue,
      projections: ownProjectionsOf(definition),
      topic: { lanes: 3, replicationFactor: 1 },
      limits: { answerTimeoutMs: config.answerTimeoutMs },
      // Read each time, so that a spec can step it.
      clock: () => Date.now(),
      ownClock: { maxSkewMs: Number.POSITIVE_INFINITY },
    });
    return {
      store,
      clock,
      dataSource,
      apiKeys: { find: async (hashes) => hashes.flatMap((hash) => keys.get(hash) ?? []) },
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
