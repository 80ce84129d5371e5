import { type Catalogue, decodeData } from '@tokengrid/contracts';
import { inTransaction, type Projection, recordedEvent, writeProjection } from '@tokengrid/event-store';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import type { Pool } from 'pg';
import { LaterVersion } from './later-version.ts';
import type { LaneWork, SubscriberHandler, SubscriberObserver } from './subscriber.ts';
import { moveMark } from './subscriber-tables.ts';

/** A projection of another service's events. */
export interface ForeignProjection<E extends DomainEvent = DomainEvent> {
  readonly from: Catalogue<E>;
  readonly projection: Projection<E>;
}

/** The subscriber's name of a foreign projection. */
export const projectionSubscriber = (projection: string): string => `projection-${projection}`;

/** Applies a foreign projection: its rows and its mark in one transaction. */
export class ForeignProjectionHandler implements SubscriberHandler {
  readonly name: string;
  readonly catalogue: Catalogue;
  private readonly projection: Projection<DomainEvent>;

  constructor(
    definition: ForeignProjection,
    private readonly pool: Pool,
    private readonly observer: SubscriberObserver,
  ) {
    this.name = projectionSubscriber(definition.projection.name);
    this.catalogue = definition.from;
    this.projection = definition.projection;
  }

  async apply({ key, events, from, to }: LaneWork): Promise<void> {
    const recorded = this.decode(events);
    await inTransaction(this.pool, async (client) => {
      await moveMark(client, key, from, to);
      await writeProjection(client, this.projection, recorded);
    });
  }

  private decode(events: LaneWork['events']): Recorded<DomainEvent>[] {
    return events.flatMap(({ event }) => {
      const declaration = this.catalogue.events[event.type];
      if (!declaration) {
        this.observer.unknownType?.(this.name, event);
        return [];
      }
      if (event.version > declaration.version) throw new LaterVersion(event, declaration.version);
      if (this.projection.on[event.type] === 'ignored') return [];
      return [recordedEvent(event, decodeData(declaration, event.version, event.value))];
    });
  }
}
