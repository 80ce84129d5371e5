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
import type { ApiKeyRow } from '../auth/api-keys.ts';
import { baseConfig } from '../config/base-config.ts';
import { readConfig } from '../config/read-config.ts';
import { openLog } from '../log/log.ts';
import type { OpenParts } from '../parts.ts';
import type { RunningService } from '../run-service.ts';
import { runService } from '../run-service.ts';
import { JarsModule } from './jars.ts';

export const operatorApiKey = 'tg_operator_specimen';

/** A specimen service that runs, with what specs turn and look at. */
export interface Specimen extends RunningService {
  readonly kafka: InMemoryLog;
  /** API keys by the hex SHA-256 of their secrets. */
  readonly keys: Map<string, ApiKeyRow>;
  /** Lines of the service's log. */
  readonly logged: string[];
  /** Statements that looked keys up. */
  readonly lookups: () => number;
}

export interface SpecimenOptions {
  readonly module?: Type;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the jars over HTTP on a free port, on an event store in memory. */
export async function runJars({ module = JarsModule, environment = {} }: SpecimenOptions = {}): Promise<Specimen> {
  const kafka = new InMemoryLog();
  const keys = new Map<string, ApiKeyRow>();
  const logged: string[] = [];
  let lookups = 0;
  const config = readConfig(baseConfig, {
    PORT: '0',
    DATABASE_URL: 'postgres://nobody@nowhere/nothing',
    KAFKA_BROKERS: 'nowhere:1',
    OPERATOR_API_KEY: operatorApiKey,
    INPUT_HASH_KEY: 'input-hash-key-of-specs',
    ...environment,
  });
  const openParts: OpenParts = async ({ definition }) => {
    const store = await openInMemory(kafka, definition.catalogue, config);
    return {
      store,
      dataSource: undefined,
      apiKeys: {
        find: async (hashes) => {
          lookups++;
          return hashes.flatMap((hash) => keys.get(hash) ?? []);
        },
      },
      transports: [],
      warnings: () => [],
      checkDatabase: async () => undefined,
      checkLog: async () => void (await kafka.partitionsOf(definition.catalogue.topic)),
      close: () => store.close(),
    };
  };
  const to: DestinationStream = { write: (line) => void logged.push(line) };
  const log = openLog({ service: 'jars', instance: '1', level: config.logLevel, format: 'json' }, to);
  const running = await runService({ name: 'jars', module, config, log, openParts });
  return { ...running, kafka, keys, logged, lookups: () => lookups };
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
    clock: Date.now,
  });
  await store.start();
  await leases.start();
  return store;
}

/** Lets a secret be the key of a party, as identity's events would. */
export function addKey({ keys }: Specimen, secret: string, row: Partial<ApiKeyRow>): void {
  const secretHash = hash('sha256', secret, 'hex');
  const usual = { keyId: `key_${secret}`, partyId: 'org_jars', partyKind: 'developer', scopes: [] } as const;
  keys.set(secretHash, { secretHash, ...usual, expiresAt: null, revoked: false, suspended: false, ...row });
}
