import type { Catalogue } from '@tokengrid/contracts';
import type { Aggregate, DomainEvent } from '@tokengrid/kernel';
import type { MigrationInterface } from 'typeorm';
import type { KindOf } from './maintenance/fold-states.ts';
import type { Projection } from './projection.ts';

/**
 * Data of a service: enough to rebuild, restore and verify it without running it. Each service's
 * `src/service.definition.ts` exports one as `definition`, free of side effects; its module uses
 * the same.
 */
export interface DataDefinition {
  readonly catalogue: Catalogue;
  /** Kind of the lanes' own streams, if the service has any. */
  readonly system?: Aggregate<unknown, DomainEvent> | undefined;
  /** Kind of a stream by its id; required for retiring old events. */
  readonly kindOf?: KindOf | undefined;
  /** Projections of its own events. */
  readonly projections: readonly Projection<DomainEvent>[];
  readonly foreignProjections: readonly ForeignProjectionDefinition[];
  /** All migrations of its database, the event store's among them. */
  readonly migrations: readonly (new () => MigrationInterface)[];
}

/** A projection of another service's events. */
export interface ForeignProjectionDefinition {
  readonly from: Catalogue;
  readonly projection: Projection<DomainEvent>;
}
