import { hash, randomUUID } from 'node:crypto';
import type { Type } from '@nestjs/common';
import type { DomainEvent } from '@tokengrid/kernel';
import {
  defaultLeaseTerms,
  defaultLimits,
  InMemoryLeases,
  InMemoryLog,
  InMemoryStorage,
  LanedEventStore,
  LeaseKeeper,
} from '@tokengrid/event-store';
import type { DestinationStream } from 'pino';
import type { MembershipState, TokenKey } from '../auth/access-tokens.ts';
import type { ApiKeyRow } from '../auth/api-keys.ts';
import { withoutOrigin } from '../auth/lineage.ts';
import { baseConfig } from '../config/base-config.ts';
import type { Environment } from '../config/read-config.ts';
import { readConfig } from '../config/read-config.ts';
import { openLog } from '../log/log.ts';
import type { OpenParts } from '../parts.ts';
import type { RunningService } from '../run-service.ts';
import { runService } from '../run-service.ts';
import { JarsModule } from './jars.ts';

export const operatorApiKey = 'tg_operator_specimen';

/** State that specs change and inspect. */
export interface InMemoryWorld {
  readonly kafka: InMemoryLog;
  /** API keys by the hex SHA-256 of their secrets. */
  readonly keys: Map<string, ApiKeyRow>;
  /** OAuth clients by id. */
  readonly clients: Map<string, ApiKeyRow>;
  /** Keys that sign access tokens, by id. */
  readonly tokenKeys: Map<string, TokenKey>;
  /** Memberships by party and person, `org_1 usr_1`. */
  readonly memberships: Map<string, MembershipState>;
  /** Ids of revoked access tokens. */
  readonly revokedTokens: Set<string>;
  /** Number of times that keys were looked up. */
  lookups: number;
  /** Reported faults of the event store, beside its real ones. */
  readonly problems: readonly string[];
}

/** An empty world. */
export const newWorld = (problems: readonly string[] = []): InMemoryWorld => ({
  kafka: new InMemoryLog(),
  keys: new Map(),
  clients: new Map(),
  tokenKeys: new Map(),
  memberships: new Map(),
  revokedTokens: new Set(),
  lookups: 0,
  problems,
});

/** A running specimen service, its world, and the lines of its log. */
export interface Specimen extends RunningService {
  readonly world: InMemoryWorld;
  readonly logged: readonly string[];
}

export interface SpecimenOptions {
  readonly module?: Type;
  readonly environment?: Environment;
  readonly problems?: readonly string[];
}

/** Default settings of a specimen. */
export const specimenEnvironment = {
  PORT: '0',
  DATABASE_URL: 'postgres://nobody@nowhere/nothing',
  KAFKA_BROKERS: 'nowhere:1',
  OPERATOR_API_KEY: operatorApiKey,
  INPUT_HASH_KEY: 'input-hash-key-of-specs',
  DRAIN_MS: '0',
};

/** Runs the jars over HTTP on a free port, on an event store in memory. */
export async function runJars({ module = JarsModule, environment, problems }: SpecimenOptions = {}): Promise<Specimen> {
  const world = newWorld(problems);
  const logged: string[] = [];
  const config = readConfig(baseConfig, { ...specimenEnvironment, ...environment });
  const to: DestinationStream = { write: (line) => void logged.push(line) };
  const log = openLog({ service: 'jars', instance: '1', level: config.logLevel, format: 'json' }, to);
  const running = await runService({ name: 'jars', module, config, log, openParts: inMemoryParts(world) });
  return { ...running, world, logged };
}

/** Parts without servers. */
export function inMemoryParts(world: InMemoryWorld): OpenParts {
  const { kafka, keys, problems } = world;
  return async ({ definition: { catalogue }, config }) => {
    const store = await openInMemory(kafka, catalogue, config);
    const wellness = store.problems.bind(store);
    store.problems = () => [...problems, ...wellness()];
    return {
      store,
      clock: { now: Date.now },
      dataSource: undefined,
      apiKeys: {
        find: async (hashes) => {
          world.lookups++;
          return hashes.flatMap((hash) => keys.get(hash) ?? []);
        },
      },
      accessTokens: {
        find: async (tokens) => {
          world.lookups++;
          return tokens.map(({ keyId, clientId, tokenId, person }) => ({
            ...{ key: world.tokenKeys.get(keyId), client: world.clients.get(clientId) },
            isRevoked: world.revokedTokens.has(tokenId) || world.revokedTokens.has(person?.grantId ?? ''),
            membership: person && world.memberships.get(`${person.partyId} ${person.userId}`),
          }));
        },
      },
      transports: [],
      hear: () => Promise.resolve(),
      warnings: () => [],
      unsure: () => store.doubt(0),
      isUpToDate: () => Promise.resolve(true),
      checkDatabase: async () => undefined,
      checkLog: async () => void (await kafka.partitionsOf(catalogue.topic)),
      close: () => store.close(),
    };
  };
}

type Store = LanedEventStore<DomainEvent, unknown>;
type StoreOptions = ConstructorParameters<typeof LanedEventStore<DomainEvent, unknown>>[0];

async function openInMemory(
  log: InMemoryLog,
  catalogue: StoreOptions['catalogue'],
  limits: { readonly answerTimeoutMs: number; readonly maxWaitingCommands: number },
): Promise<Store> {
  const lanes = 2;
  await log.createTopic(catalogue.topic, { partitions: lanes, replicationFactor: 1 });
  const leases = new LeaseKeeper(new InMemoryLeases(), randomUUID(), defaultLeaseTerms, () => undefined);
  const { answerTimeoutMs, maxWaitingCommands } = limits;
  const store: Store = new LanedEventStore<DomainEvent, unknown>({
    catalogue,
    storage: new InMemoryStorage(lanes),
    log,
    leases,
    limits: { ...defaultLimits, answerTimeoutMs, maxWaitingCommands },
    observer: {},
  });
  await store.start();
  await leases.start();
  return store;
}

/** Registers a secret as a party's key, as identity's events would. */
export function addKey({ world: { keys } }: Specimen, secret: string, row: Partial<ApiKeyRow>): void {
  const secretHash = hash('sha256', secret, 'hex');
  keys.set(secretHash, rowOf(`key_${secret}`, { secretHash, ...row }));
}

/** Registers an OAuth client of a party, as identity's events would. */
export function addClient({ world: { clients } }: Specimen, clientId: string, row: Partial<ApiKeyRow>): void {
  clients.set(clientId, rowOf(clientId, row));
}

function rowOf(keyId: string, row: Partial<ApiKeyRow>): ApiKeyRow {
  return {
    ...{ secretHash: null, keyId, partyId: 'org_jars', partyKind: 'developer', scopes: [], rights: {} },
    ...{ expiresAt: null, revoked: false, suspended: false, lineage: withoutOrigin(keyId) },
    ...row,
  };
}
