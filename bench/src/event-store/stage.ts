import { createEventStoreTables, InMemoryLog, laneConnections, openPostgresEventStore } from '@tokengrid/event-store';
import type { ChainedEvent, EventLog, OpenedEventStore, PartitionEnds } from '@tokengrid/event-store';
import type { Postgres } from '@tokengrid/infra-local';
import pg from 'pg';
import { type Account, benchBalances, benchCatalogue, type BenchEvent, createBenchBalances } from './transfers.ts';

export const lanes = 6;
let databases = 0;

/** A migrated database of its own, with a pool. */
export async function freshDatabase(
  postgres: Postgres,
  poolSize = 12,
): Promise<{ readonly pool: pg.Pool; readonly name: string }> {
  const name = `bench_${process.pid}_${++databases}`;
  await postgres.ensureDatabase(name);
  const pool = new pg.Pool({ connectionString: postgres.url(name), max: poolSize, ...laneConnections });
  pool.on('error', () => undefined);
  await createEventStoreTables(pool);
  await pool.query(createBenchBalances);
  return { pool, name };
}

/**
 * A log that accepts everything at once and counts it, so that lanes answer after the commit alone.
 */
export class InstantLog extends InMemoryLog {
  private readonly ends = new Map<number, number>();

  override append(_topic: string, partition: number, events: readonly ChainedEvent[]): Promise<number> {
    const next = (this.ends.get(partition) ?? 0) + events.length;
    this.ends.set(partition, next);
    return Promise.resolve(next);
  }

  override offsetsOf(_topic: string, partition: number): Promise<PartitionEnds> {
    return Promise.resolve({ first: 0, next: this.ends.get(partition) ?? 0 });
  }
}

export async function openBenchStore(pool: pg.Pool, log: EventLog): Promise<OpenedEventStore<BenchEvent, Account>> {
  return openPostgresEventStore<BenchEvent, Account>({
    pool,
    log,
    catalogue: benchCatalogue,
    projections: [benchBalances],
    topic: { lanes, replicationFactor: 1 },
    observer: { failed: (error) => console.error(error) },
  });
}
