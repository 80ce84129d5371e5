import type { EventStore, StorageClock } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { ApiKeyTable } from './auth/api-keys.ts';
import type { BaseConfig } from './config/base-config.ts';
import type { ServiceDefinition } from './service-definition.ts';

/** What a service stands on: its database, its event store, the log, and how it hears of others' events. */
export interface Parts {
  readonly store: EventStore<DomainEvent, unknown>;
  /** The time that the service goes by. */
  readonly clock: StorageClock;
  /** For reads by TypeORM; a spec without Postgres has none. */
  readonly dataSource: DataSource | undefined;
  readonly apiKeys: ApiKeyTable;
  /** Started once the service's controllers are known, before it listens. */
  readonly transports: readonly CustomTransportStrategy[];
  /** What does not keep the service from answering, but somebody should know: a sentence each. */
  warnings(): readonly string[];
  /** Why something that is not found here may exist all the same; `undefined` where it does not. */
  unsure(): Promise<string | undefined>;
  /** @throws Error when Postgres does not answer */
  checkDatabase(): Promise<void>;
  /** @throws Error when Kafka does not answer */
  checkLog(): Promise<void>;
  /** Closes all, the store first: it publishes what it has taken. */
  close(): Promise<void>;
}

/** Opens a service's parts: migrates its database, creates its topic, starts its lanes. */
export type OpenParts = (environment: PartsEnvironment) => Promise<Parts>;

/** What parts are opened with. */
export interface PartsEnvironment {
  readonly definition: ServiceDefinition;
  readonly config: BaseConfig;
  readonly log: Logger;
  readonly metrics: Registry;
}
