import type { Type } from '@nestjs/common';
import type { Catalogue } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import type { ForeignProjection } from '@tokengrid/event-bus';
import type { Collectors, DataDefinition, LookUp, Projection } from '@tokengrid/event-store';
import { eventStoreMigrations } from '@tokengrid/event-store';
import { storeTables } from '@tokengrid/event-store/postgres';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { MigrationInterface } from 'typeorm';
import type { Audit } from './audit/audit.ts';
import { AccessTokens1764000000002 } from './auth/access-tokens.migration.ts';
import { PeopleOfParties1764000000003 } from './auth/people.migration.ts';
import { ApiKeys1764000000001 } from './auth/api-keys.migration.ts';
import { apiKeys } from './auth/api-keys.projection.ts';
import type { OwnFaults } from './health.ts';
import type { Answers } from './http/answers.ts';
import type { ServiceApi } from './openapi/service-api.ts';

/** A projection of some of a service's events, whatever it collects its batches in. */
type OwnProjection<E extends DomainEvent> = Omit<Projection<E, never>, 'begin' | 'on'> & {
  begin(): unknown;
  readonly on: Partial<Collectors<E, never>>;
};

/** A kind of stream, an `Aggregate`, whatever its state type. */
type AnyKind = Pick<Aggregate<unknown, DomainEvent>, 'name' | 'stateVersion'>;

/** Everything that distinguishes one service from another. */
export interface ServiceDefinition<E extends DomainEvent = DomainEvent, System = unknown> {
  readonly catalogue: Catalogue<E>;
  /** Kind of the lanes' own streams, if the service has any. */
  readonly system?: Aggregate<System, E>;
  /** Kind of a stream by its id; folds states when old events are retired. */
  readonly kindOf?: (streamId: string) => AnyKind;
  /** Projections of the service's own events, written in the transaction that stores them. */
  readonly projections?: readonly OwnProjection<E>[];
  /** Look-up of commands' keys, in a table of one of these projections. */
  readonly lookUp?: LookUp<E>;
  /** Projections of foreign events, made by {@link foreignProjection}; API keys are implied. */
  readonly foreignProjections?: readonly ForeignProjection[];
  /** Migrations of its projections' tables. The event store and the API keys bring their own. */
  readonly migrations?: readonly (new () => MigrationInterface)[];
  /** TypeORM entities for reads. */
  readonly entities?: readonly Type[];
  /**
   * Answers of its events: an object, or one of the module's provider classes if an answer needs
   * more than the event, such as a sealed secret.
   */
  readonly answers: Answers<E> | Type<Answers<E>>;
  /** Provider class that looks for faults of the service's own. */
  readonly faults?: Type<OwnFaults>;
  /** Its audit, at `GET /v1/audit`. */
  readonly audit?: Audit;
  /** Texts of the OpenAPI document. */
  readonly api: ServiceApi;
}

/** Pairs a projection with the service whose events it reads; unnamed events are not read. */
export function foreignProjection<E extends DomainEvent, Wanted extends E, Batch>(
  from: Catalogue<E>,
  projection: Projection<Wanted, Batch>,
): ForeignProjection {
  return { from, projection } as unknown as ForeignProjection;
}

type AnyDefinition = Pick<
  ServiceDefinition<never, never>,
  'catalogue' | 'projections' | 'foreignProjections' | 'migrations'
>;

/** Identity stores the events of API keys itself, so that its own keys work at once. */
const isIdentity = ({ catalogue }: AnyDefinition) => catalogue.service === identityCatalogue.service;

/** All projections of a service's own events. */
export function ownProjectionsOf(service: AnyDefinition): readonly Projection<DomainEvent>[] {
  const projections = (service.projections ?? []) as unknown as readonly Projection<DomainEvent>[];
  return isIdentity(service) ? [apiKeys as unknown as Projection<DomainEvent>, ...projections] : projections;
}

/** All projections of other services' events. */
export function foreignProjectionsOf(service: AnyDefinition): readonly ForeignProjection[] {
  const projections = service.foreignProjections ?? [];
  return isIdentity(service) ? projections : [foreignProjection(identityCatalogue, apiKeys), ...projections];
}

/** Tables whose loss the event store notices itself, and tells how to repair. */
export function watchedTablesOf(service: AnyDefinition): readonly string[] {
  const foreign = foreignProjectionsOf(service).map(({ projection }) => projection);
  return [...storeTables, ...[...ownProjectionsOf(service), ...foreign].flatMap(({ tables }) => tables)];
}

/** All migrations of a service's database, in order. */
export function migrationsOf(service: AnyDefinition): readonly (new () => MigrationInterface)[] {
  return [
    ...eventStoreMigrations,
    ApiKeys1764000000001,
    AccessTokens1764000000002,
    PeopleOfParties1764000000003,
    ...(service.migrations ?? []),
  ];
}

/**
 * Data definition of a service: enough to rebuild, restore and verify it without running it. Each
 * service's `service.definition.ts` exports it as `definition`.
 */
export function dataOf<E extends DomainEvent, System>(service: ServiceDefinition<E, System>): DataDefinition {
  return {
    catalogue: service.catalogue as unknown as Catalogue,
    system: service.system as unknown as DataDefinition['system'],
    kindOf: service.kindOf as unknown as DataDefinition['kindOf'],
    projections: ownProjectionsOf(service),
    foreignProjections: foreignProjectionsOf(service) as DataDefinition['foreignProjections'],
    migrations: migrationsOf(service),
  };
}
