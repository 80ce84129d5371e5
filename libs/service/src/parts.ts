import type { Listening } from '@tokengrid/event-bus';
import type { EventStore, StorageClock } from '@tokengrid/event-store';
import type { DomainEvent } from '@tokengrid/kernel';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { AccessTokenTable } from './auth/access-tokens.ts';
import type { ApiKeyTable } from './auth/api-keys.ts';
import type { BaseConfig } from './config/base-config.ts';
import type { ServiceDefinition } from './service-definition.ts';

/** Infrastructure of a service: its database, event store, log and subscribers. */
export interface Parts {
  readonly store: EventStore<DomainEvent, unknown>;
  /** The service's clock. */
  readonly clock: StorageClock;
  /** Data source for TypeORM's reads; absent in a spec without Postgres. */
  readonly dataSource: DataSource | undefined;
  readonly apiKeys: ApiKeyTable;
  readonly accessTokens: AccessTokenTable;
  /** Transports that start after the controllers are known and before the service listens. */
  readonly transports: readonly CustomTransportStrategy[];
  /** Hears events of another service from now on; resolves once it does. */
  hear<E extends DomainEvent>(listening: Listening<E>): Promise<void>;
  /** Conditions to be known that do not stop the service, a sentence each. */
  warnings(): readonly string[];
  /** Reason why a missing row may exist all the same; `undefined` if there is none. */
  unsure(): Promise<string | undefined>;
  /**
   * Whether all that others published is here, but for what is on its way: a few seconds' worth.
   * False if that can't be told.
   */
  isUpToDate(): Promise<boolean>;
  /** @throws Error when Postgres does not answer */
  checkDatabase(): Promise<void>;
  /** @throws Error when Kafka does not answer */
  checkLog(): Promise<void>;
  /** Closes all parts, the store first: it publishes the commands that it has accepted. */
  close(): Promise<void>;
}

/** Opens a service's parts: migrates its database, creates its topic, starts its lanes. */
export type OpenParts = (environment: PartsEnvironment) => Promise<Parts>;

/** Inputs of {@link OpenParts}. */
export interface PartsEnvironment {
  readonly definition: ServiceDefinition;
  readonly config: BaseConfig;
  readonly log: Logger;
  readonly metrics: Registry;
}
