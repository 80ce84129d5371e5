import type { Type } from '@nestjs/common';
import type { Catalogue } from '@tokengrid/contracts';
import { identityCatalogue } from '@tokengrid/contracts';
import type { ForeignProjection } from '@tokengrid/event-bus';
import type { Collectors, Projection, DataDefinition } from '@tokengrid/event-store';
import { eventStoreMigrations } from '@tokengrid/event-store';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { MigrationInterface } from 'typeorm';
import { ApiKeys1764000000001 } from './auth/api-keys.migration.ts';
import { apiKeys } from './auth/api-keys.projection.ts';
import type { Answers } from './http/answers.ts';
import type { ServiceApi } from './openapi/service-api.ts';

/** A projection of some of a service's events, whatever it collects its batches in. */
type OwnProjection<E extends DomainEvent> = Omit<Projection<E, never>, 'begin' | 'on'> & {
  begin(): unknown;
  readonly on: Partial<Collectors<E, never>>;
};

/** A kind of stream, an `Aggregate`, whatever its state is. */
type AnyKind = Pick<Aggregate<unknown, DomainEvent>, 'name' | 'stateVersion'>;

/** What makes a service this service and no other. */
export interface ServiceDefinition<E extends DomainEvent = DomainEvent, System = unknown> {
  readonly catalogue: Catalogue<E>;
  /** The kind of the lanes' own streams, where the service keeps any. */
  readonly system?: Aggregate<System, E>;
  /** Which kind of stream an id is of: what its states are folded by where old events are retired. */
  readonly kindOf?: (streamId: string) => AnyKind;
  /** Of its own events: written in the transaction that stores them. */
  readonly projections?: readonly OwnProjection<E>[];
  /** Of others' events; API keys need no mention. Made by {@link foreignProjection}. */
  readonly foreignProjections?: readonly ForeignProjection[];
  /** Its projections' tables. The event store and the API keys bring their own. */
  readonly migrations?: readonly (new () => MigrationInterface)[];
  /** TypeORM entities for reads. */
  readonly entities?: readonly Type[];
  /**
   * What each event answers: an object, or a class that Nest can construct (one of the module's providers) where an answer needs
   * something that events do not hold, such as a sealed secret.
   */
  readonly answers: Answers<E> | Type<Answers<E>>;
  /** Words of the OpenAPI document. */
  readonly api: ServiceApi;
}

/** Pairs a projection with the service whose events it reads. Those that it does not name it never reads. */
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

/** All migrations of a service's database, in order. */
export function migrationsOf(service: AnyDefinition): readonly (new () => MigrationInterface)[] {
  return [...eventStoreMigrations, ApiKeys1764000000001, ...(service.migrations ?? [])];
}

/**
 * What a service is made of as far as its data goes: enough to rebuild, restore and verify it without running it. Each service's
 * `service.definition.ts` exports it as `definition`.
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
