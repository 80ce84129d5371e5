import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { operatorPartyId, walletIdOf } from '@tokengrid/contracts';
import { type Command, InMemoryLog, openPostgresEventStore } from '@tokengrid/event-store';
import { startPostgres } from '@tokengrid/infra-local';
import type { DomainEvent } from '@tokengrid/kernel';
import {
  type ApiKeyRow,
  calendarOf,
  DocumentedAnswers,
  everyScope,
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
  scopes,
  withoutOrigin,
} from '@tokengrid/service';
import { walletConfig } from '../config.ts';
import { openWallet } from '../decisions/wallets/open-wallet.ts';
import { WalletModule } from '../wallet.module.ts';
import { Wallets } from '../streams/wallets.ts';

const operatorApiKey = 'tg_operator_specimen';
const approverApiKey = 'tg_approver_specimen';
const lanes = 3;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** A caller: the operator, or a party with a wallet and every scope. */
export interface Caller {
  readonly secret: string;
  readonly partyId: string;
  readonly walletId: string;
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/**
 * The wallet over HTTP on a Postgres of its own. The log is in memory without readers: specs call
 * policies themselves. Requests are sent as `who`, by default as the operator.
 */
export class RunningWallet {
  readonly operator: Caller = { secret: operatorApiKey, partyId: operatorPartyId, walletId: '' };
  /** The operator's second person, with a key of its own. */
  readonly approver: Caller = { ...this.operator, secret: approverApiKey };

  readonly documented: DocumentedAnswers;

  constructor(
    private readonly service: RunningService,
    private readonly keys: Map<string, ApiKeyRow>,
    readonly close: () => Promise<void>,
  ) {
    this.documented = new DocumentedAnswers(service.app, 'wallet');
  }

  /** The same process, which closes its ground, too. */
  with(ground: Ground): RunningWallet {
    return new RunningWallet(this.service, this.keys, async () => {
      await this.close();
      await ground.close();
    });
  }

  /** For requests that `call` does not support. */
  get url(): string {
    return this.service.url;
  }

  /** An instance of one of the module's classes. */
  instance<T>(type: abstract new (...parameters: never[]) => T): T {
    return this.service.app.get(type);
  }

  /** Registers a party and opens its wallet. Its key has every scope, unless `may` names some. */
  async party(may: readonly string[] = scopes): Promise<Caller> {
    const partyId = newId('org');
    const walletId = walletIdOf(partyId);
    const { secret } = this.key({ partyId, walletId }, [], may);
    const opening = { walletId, partyId, partyKind: 'developer' } as const;
    await this.instance(Wallets).handle(openWallet, someCommand(walletId, opening));
    return { secret, partyId, walletId };
  }

  /**
   * Gives a party, or the operator, another key.
   * @param from its ancestors, the requesting key first; each of them is another person
   */
  key(
    { partyId, walletId }: Omit<Caller, 'secret'>,
    from: readonly string[] = [],
    may: readonly string[] = scopes,
  ): Caller & { readonly keyId: string } {
    const [secret, keyId] = [newId('secret'), newId('key')];
    const secretHash = hashOf(secret);
    const lineage = { people: [keyId, ...from], line: [keyId, ...from] };
    const partyKind = partyId === operatorPartyId ? 'operator' : 'developer';
    const rights = { lineage, scopes: may, expiresAt: null, revoked: false, suspended: false };
    this.keys.set(secretHash, { secretHash, keyId, partyId, partyKind, ...rights });
    return { secret, partyId, walletId, keyId };
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
    const { status } = response;
    const answered = (await response.json()) as Record<string, unknown>;
    this.documented.mustTell({ method, path, status, body: answered });
    return { status, body: answered };
  }

  get(who: Caller | undefined, path: string): Promise<Answered> {
    return this.call(who, 'GET', path);
  }

  put(path: string, body: unknown): Promise<Answered> {
    return this.call(this.operator, 'PUT', path, body);
  }

  /** Request of a party to its own wallet. */
  post(who: Caller, action: string, body: unknown, key?: string): Promise<Answered> {
    return this.call(who, 'POST', `/v1/wallets/${who.walletId}/${action}`, body, key);
  }

  buy(who: Caller, tokens: string, key?: string): Promise<Answered> {
    return this.post(who, 'purchases', { tokens, method: 'carrier-bill' }, key);
  }

  /** A transferable grant of a plan that never expires, unless `terms` say otherwise. */
  grant(to: Caller, terms: object): Promise<Answered> {
    const body = { source: 'plan', transferable: true, ...terms };
    return this.call(this.operator, 'POST', `/v1/wallets/${to.walletId}/grants`, body);
  }

  async availableOf(who: Caller): Promise<unknown> {
    return (await this.get(who, `/v1/wallets/${who.walletId}`)).body['available'];
  }
}

/** Matcher of an id with a prefix. */
export const someId = (prefix: string): unknown =>
  expect.stringMatching(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`));

/** A command with only a stream and data. */
export const someCommand = <Data>(streamId: string, data: Data): Command<Data> => ({
  id: randomUUID(),
  streamId,
  data,
  correlationId: 'spec',
});

const keyOfApprover: ApiKeyRow = {
  secretHash: hashOf(approverApiKey),
  keyId: 'key_approver',
  lineage: withoutOrigin('key_approver'),
  partyId: operatorPartyId,
  partyKind: 'operator',
  ...{ scopes: [everyScope], expiresAt: null, revoked: false, suspended: false },
};

/**
 * Foundation that outlives a wallet's processes: a Postgres, a log in memory, and the callers'
 * keys.
 */
export interface Ground {
  readonly databaseUrl: string;
  readonly log: InMemoryLog;
  readonly keys: Map<string, ApiKeyRow>;
  close(): Promise<void>;
}

export async function openGround(): Promise<Ground> {
  const home = await mkdtemp(join(tmpdir(), 'tokengrid-wallet-'));
  const postgres = await startPostgres({ home });
  return {
    databaseUrl: postgres.url('wallet'),
    log: new InMemoryLog(),
    keys: new Map([keyOfApprover].map((key) => [key.secretHash, key])),
    close: async () => {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/**
 * Differences of one process from others: settings on top of those of specs, as environment
 * variables, and a clock that is not the machine's.
 */
interface Life {
  readonly settings?: Readonly<Record<string, string>>;
  /** Replaces Postgres' clock; epoch milliseconds. */
  readonly clock?: () => number;
}

/** Starts one process of the wallet. */
export async function startWallet(ground: Ground, { settings = {}, clock }: Life = {}): Promise<RunningWallet> {
  const config = readConfig(walletConfig, {
    PORT: '0',
    DATABASE_URL: ground.databaseUrl,
    KAFKA_BROKERS: 'nowhere:1',
    OPERATOR_API_KEY: operatorApiKey,
    INPUT_HASH_KEY: 'input-hash-key-of-specs',
    DRAIN_MS: '0',
    RECEIPT_SIGNING_KEY: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    LOG_LEVEL: 'error',
    ...settings,
  });
  const log = openLog({ service: 'wallet', instance: '1', level: config.logLevel, format: 'json' });
  const openParts = partsOn(ground, clock);
  const running = await runService({ name: 'wallet', module: WalletModule, config, log, openParts });
  return new RunningWallet(running, ground.keys, () => running.close());
}

/**
 * One process on a ground of its own, which is closed with it. @param settings as of {@link
 * startWallet}
 */
export async function runWallet(settings: Readonly<Record<string, string>> = {}): Promise<RunningWallet> {
  const ground = await openGround();
  return (await startWallet(ground, { settings })).with(ground);
}

/** Parts as in production, except the log and the API keys. */
const partsOn =
  ({ keys, log: events }: Ground, standIn: Life['clock']): OpenParts =>
  async ({ definition, config, log }) => {
    const { catalogue, system, entities = [] } = definition;
    const migrations = migrationsOf(definition);
    const dataSource = await openDatabase({ name: 'wallet', config, migrations, entities, log });
    const { store, clock } = await openPostgresEventStore<DomainEvent, unknown>({
      pool: poolOf(dataSource),
      log: events,
      clock: standIn,
      calendar: calendarOf(config.operatorTimeZone),
      catalogue,
      system,
      projections: ownProjectionsOf(definition),
      topic: { lanes, replicationFactor: 1 },
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
