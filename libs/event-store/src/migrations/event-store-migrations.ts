import type { Pool } from 'pg';
import type { MigrationInterface } from 'typeorm';
import { EventStore1764000000000 } from './1764000000000-event-store.ts';
import { LostRows1764000000003 } from './1764000000003-lost-rows.ts';
import { LongerRows1764000000064 } from './1764000000064-longer-rows.ts';

/** Migrations of the tables that every event store has. */
export const eventStoreMigrations: readonly (new () => MigrationInterface)[] = [
  EventStore1764000000000,
  LostRows1764000000003,
  LongerRows1764000000064,
];

/** Creates the event store's tables in a new database: for specs, scenarios and benchmarks. */
export async function createEventStoreTables(pool: Pool): Promise<void> {
  const runner = { query: (text: string) => pool.query(text) };
  for (const Migration of eventStoreMigrations) await new Migration().up(runner as never);
}
