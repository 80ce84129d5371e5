import { randomUUID } from 'node:crypto';
import type { Catalogue } from '@tokengrid/contracts';
import { KafkaLog } from '@tokengrid/event-bus';
import { openPostgresEventStore } from '@tokengrid/event-store';
import type { DomainEvent, Recorded } from '@tokengrid/kernel';
import { openLog } from '../log/log.ts';
import { openDatabase, poolOf } from '../postgres/database.ts';
import { migrationsOf } from '../service-definition.ts';

/**
 * Stand-in for another service: states events in its topic for a spec, through an event store of
 * its own.
 */
export interface Neighbour<E extends DomainEvent> {
  /** States an event; resolves once it is in the topic. */
  say(streamId: string, event: E): Promise<Recorded<E>>;
  close(): Promise<void>;
}

/** Opens a neighbour. @param servers its database and Kafka */
export async function openNeighbour<E extends DomainEvent>(
  catalogue: Catalogue<E>,
  servers: { readonly databaseUrl: string; readonly brokers: readonly string[] },
): Promise<Neighbour<E>> {
  const name = `${catalogue.service} of a spec`;
  const kafka = new KafkaLog({ brokers: [...servers.brokers], clientId: name });
  const dataSource = await openDatabase({
    name,
    config: {
      databaseUrl: servers.databaseUrl,
      serviceInstance: '1',
      databasePoolConnections: 4,
      databaseConnectTimeoutMs: 3000,
      databaseQueryTimeoutMs: 35_000,
    },
    migrations: migrationsOf({ catalogue: catalogue as never }),
    entities: [],
    log: openLog({ service: name, instance: '1', level: 'error', format: 'json' }),
  });
  const topic = { lanes: 2, replicationFactor: 1 };
  const { store } = await openPostgresEventStore<E>({ pool: poolOf(dataSource), log: kafka, catalogue, topic });
  const streams = store.streams<null>({ name: 'said', stateVersion: 1, initial: null, evolve: () => null });
  return {
    say: async (streamId, event) => {
      const command = { id: randomUUID(), streamId, data: event, correlationId: 'spec', actor: 'spec' };
      const { events } = await streams.handle((_state, said) => [said], command);
      return events[0]!;
    },
    close: async () => {
      await store.close();
      await kafka.close();
      await dataSource.destroy();
    },
  };
}
