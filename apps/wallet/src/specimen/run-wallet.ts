import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { walletIdOf } from '@tokengrid/contracts';
import { InMemoryLog, openPostgresEventStore } from '@tokengrid/event-store';
import { startPostgres } from '@tokengrid/infra-local';
import type { DomainEvent } from '@tokengrid/kernel';
import {
  type ApiKeyRow,
  migrationsOf,
  newId,
  openDatabase,
  openLog,
  type OpenParts,
  ownProjectionsOf,
  poolOf,
  readConfig,
  runService,
  scopes,
} from '@tokengrid/service';
import { DataSource } from 'typeorm';
import { walletConfig } from '../config.ts';
import { openWallet } from '../decisions/open-wallet.ts';
import { WalletModule } from '../wallet.module.ts';
import { Wallets } from '../wallets.ts';

const operatorApiKey = 'tg_operator_specimen';
const lanes = 3;

/** Whoever calls: the operator, or a party with a wallet and every scope. */
export interface Caller {
  readonly secret: string;
  readonly partyId: string;
  readonly walletId: string;
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The wallet over HTTP on a Postgres of its own. The log is in memory and nobody listens to it: specs call policies themselves. */
export interface RunningWallet {
  readonly operator: Caller;
  /** Registers a party and opens its wallet. */
  party(): Promise<Caller>;
  call(who: Caller | undefined, method: string, path: string, body?: unknown, key?: string): Promise<Answered>;
  /** An instance of one of the module's classes. */
  get<T>(type: new (...parameters: never[]) => T): T;
  readonly database: DataSource;
  close(): Promise<void>;
}

export async function runWallet(): Promise<RunningWallet> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-wallet-'));
  const postgres = await startPostgres({ home });
  const config = readConfig(walletConfig, {
    PORT: '0',
    DATABASE_URL: postgres.url('wallet'),
    KAFKA_BROKERS: 'nowhere:1',
    OPERATOR_API_KEY: operatorApiKey,
    INPUT_HASH_KEY: 'input-hash-key-of-specs',
    LOG_LEVEL: 'error',
  });
  const keys = new Map<string, ApiKeyRow>();
  const log = openLog({ service: 'wallet', instance: '1', level: config.logLevel, format: 'json' });
  const running = await runService({ name: 'wallet', module: WalletModule, config, log, openParts: partsWith(keys) });
  const get: RunningWallet['get'] = (type) => running.app.get(type);
  return {
    operator: { secret: operatorApiKey, partyId: 'operator', walletId: '' },
    party: () => registerParty(get(Wallets), keys),
    call: (who, method, path, body, key) => call(running.url, who, method, path, body, key),
    get,
    database: get(DataSource),
    close: async () => {
      await running.close();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** As in production but for the log and the API keys. */
const partsWith =
  (keys: ReadonlyMap<string, ApiKeyRow>): OpenParts =>
  async ({ definition, config, log }) => {
    const { catalogue, system, entities = [] } = definition;
    const migrations = migrationsOf(definition);
    const dataSource = await openDatabase({ name: 'wallet', config, migrations, entities, log });
    const { store } = await openPostgresEventStore<DomainEvent, unknown>({
      pool: poolOf(dataSource),
      log: new InMemoryLog(),
      catalogue,
      system,
      projections: ownProjectionsOf(definition),
      topic: { lanes, replicationFactor: 1 },
    });
    return {
      store,
      dataSource,
      apiKeys: { find: async (hashes) => hashes.flatMap((hash) => keys.get(hash) ?? []) },
      transports: [],
      warnings: () => [],
      checkDatabase: async () => undefined,
      checkLog: async () => undefined,
      close: async () => {
        await store.close();
        await dataSource.destroy();
      },
    };
  };

async function registerParty(wallets: Wallets, keys: Map<string, ApiKeyRow>): Promise<Caller> {
  const partyId = newId('org');
  const walletId = walletIdOf(partyId);
  const secret = newId('secret');
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const rights = { scopes, expiresAt: null, revoked: false, suspended: false };
  keys.set(secretHash, { secretHash, keyId: newId('key'), partyId, partyKind: 'developer', ...rights });
  const opening = { walletId, partyId, partyKind: 'developer' } as const;
  await wallets.handle(openWallet, { id: randomUUID(), streamId: walletId, data: opening, correlationId: 'specimen' });
  return { secret, partyId, walletId };
}

async function call(
  url: string,
  who: Caller | undefined,
  method: string,
  path: string,
  body?: unknown,
  key?: string,
): Promise<Answered> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(who && { authorization: `Bearer ${who.secret}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
