import { projectionSubscriber } from '@tokengrid/event-bus';
import {
  digestOf,
  type MaintenanceOptions,
  type Restored,
  restoreService,
  type DataDefinition,
  type TableDigest,
} from '@tokengrid/event-store';
import { acrossLanes } from '@tokengrid/event-store/postgres';
import type { Pool } from 'pg';
import { type Connections, withLog, withMaintenancePool } from '../connections/connections.ts';
import { dropDatabase, ensureDatabase, migrate } from '../connections/migrated-database.ts';
import { definitionOf } from '../connections/service-definitions.ts';

/** Creates and migrates the database of a URL, as far as needed, and fills it from the topics. */
export async function restoreDatabase(
  connections: Connections,
  definition: DataDefinition,
  url: string,
  options: MaintenanceOptions & { readonly isOwn?: boolean },
): Promise<Restored> {
  await ensureDatabase(url);
  await migrate(url, definition);
  const { catalogue, projections, kindOf } = definition;
  const foreignProjections = definition.foreignProjections.map(({ from, projection }) => ({
    subscriber: projectionSubscriber(projection.name),
    catalogue: from,
    projection,
  }));
  return withLog(connections, (log) =>
    withMaintenancePool(url, (pool) =>
      restoreService({ pool, log, catalogue, projections, foreignProjections, kindOf, ...options }),
    ),
  );
}

/** Longest time in which a copy is made anew because the service took commands meanwhile. */
const restMs = 120_000;

/** Digests of a copy made from the topics alone, and of the live database. */
export interface RestoredBeside {
  readonly service: string;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly live: readonly TableDigest[];
  readonly restored: readonly TableDigest[];
}

/**
 * Restores a service into a database of its own beside the live one, compares, and drops it again:
 * proves that the topics alone suffice, without touching anything. A service that takes commands
 * meanwhile, such as the ends of slices, is restored again; digests differ if it never rests.
 */
export async function restoreBeside(
  connections: Connections,
  service: string,
  options: MaintenanceOptions = {},
): Promise<RestoredBeside> {
  const definition = await definitionOf(service);
  const liveUrl = connections.databaseOf(service);
  const copy = new URL(liveUrl);
  copy.pathname = `${copy.pathname}_restored_${process.pid}`;
  return withMaintenancePool(liveUrl, async (pool) => {
    for (const end = performance.now() + restMs; ;) {
      const before = await headsOf(pool);
      try {
        const { events, eventsPerSecond, digests } = await restoreDatabase(connections, definition, copy.href, {
          ...options,
          isOwn: true,
        });
        const live = await digestOf(
          pool,
          digests.map(({ table }) => table),
        );
        const isAtRest = before === (await headsOf(pool));
        if (isAtRest || performance.now() > end) return { service, events, eventsPerSecond, live, restored: digests };
      } finally {
        await dropDatabase(copy.href);
      }
    }
  });
}

/** Last sequences of all lanes, as one text. */
async function headsOf(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ heads: string }>(
    `${acrossLanes} select string_agg(sequence::text, ' ' order by lane) as heads from lanes`,
  );
  return rows[0]!.heads;
}
