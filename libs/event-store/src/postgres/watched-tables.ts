import { escapeIdentifier, type Pool, type PoolClient } from 'pg';
import type { Projection } from '../projection.ts';
import { inTransaction } from './transaction.ts';

/** A table from which only the service may delete rows, and the command that repairs it. */
export interface WatchedTable {
  readonly table: string;
  readonly mend: string;
}

/** Setting (`set local`) of a transaction in which the service itself deletes rows. */
export const ownDeletes = "set local tokengrid.deletes = 'own'";

/**
 * Tables of the event store that must lose no row: without command ids a repeat would be executed
 * again.
 */
export const storeTables = ['events', 'commands'] as const;

/** All watched tables: the event store's, and those of projections of own and foreign events. */
export function watchedTables(
  service: string,
  projections: readonly Pick<Projection<never>, 'name' | 'tables'>[],
): readonly WatchedTable[] {
  return [
    ...storeTables.map((table) => ({ table, mend: `restore ${service} into an empty database` })),
    ...projections.flatMap(({ name, tables }) =>
      tables.map((table) => ({ table, mend: `run rebuild ${service} ${name}` })),
    ),
  ];
}

/**
 * Key of the advisory lock for watching, the same for all services: starting processes watch one
 * after another. `tgwt` in ASCII.
 */
const watchLock = 0x74677774;

/**
 * Makes Postgres report foreign deletions from tables. Every start does it after the migrations, so
 * that no table is forgotten. A missing table is left to {@link lostTables}.
 */
export function watchTables(pool: Pool, tables: readonly string[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(${watchLock})`);
    const { rows } = await client.query<{ name: string; is_told: boolean; is_known: boolean }>(
      `select name,
         (select count(*) = 2 from pg_trigger where tgrelid = to_regclass(name) and tgfoid = 'tell_lost_rows'::regproc) as is_told,
         exists (select from watched_tables where table_name = name and event_store_oid = 'event_store'::regclass) as is_known
       from unnest($1::text[]) name where to_regclass(name) is not null`,
      [tables],
    );
    for (const { name, is_told } of rows) if (!is_told) await tellOf(client, name);
    await know(
      client,
      rows.flatMap(({ name, is_known }) => (is_known ? [] : [name])),
    );
  });
}

/** Watches tables that were just swapped in, complete. */
export async function watchAnew(client: PoolClient, tables: readonly string[]): Promise<void> {
  for (const table of tables) await tellOf(client, table);
  await know(client, tables);
  await believeAgain(client, tables);
}

/** Clears the reports: the lost rows were restored. */
export async function believeAgain(client: Pick<Pool | PoolClient, 'query'>, tables: readonly string[]): Promise<void> {
  await client.query('delete from lost_rows where table_name = any($1)', [tables]);
}

async function tellOf(client: PoolClient, table: string): Promise<void> {
  const name = escapeIdentifier(table);
  await client.query(`
    create or replace trigger lost_rows_truncated after truncate on ${name} execute function tell_lost_rows();
    create or replace trigger lost_rows_deleted after delete on ${name} for each row
      when (current_setting('tokengrid.deletes', true) is distinct from 'own') execute function tell_lost_rows()`);
}

async function know(client: PoolClient, tables: readonly string[]): Promise<void> {
  if (tables.length === 0) return;
  await client.query(
    `insert into watched_tables select name, to_regclass(name), 'event_store'::regclass from unnest($1::text[]) name
     on conflict (table_name) do update set table_oid = excluded.table_oid, event_store_oid = excluded.event_store_oid`,
    [tables],
  );
}

/** Faults of watched tables, a sentence each. */
export async function lostTables(pool: Pool, watched: readonly WatchedTable[]): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string; is_gone: boolean; has_lost: boolean }>({
    name: 'lost-tables',
    text: `
      select name, to_regclass(name) is null as is_gone, lost.table_name is not null as has_lost
      from unnest($1::text[]) with ordinality as each (name, position)
        left join lost_rows lost on lost.table_name = name
        left join watched_tables watched on watched.table_name = name
      where lost.table_name is not null or to_regclass(name) is null
        or (watched.table_oid <> to_regclass(name) and watched.event_store_oid = 'event_store'::regclass)
      order by position`,
    values: [watched.map(({ table }) => table)],
  });
  const mends = new Map(watched.map(({ table, mend }) => [table, mend]));
  return rows.map(({ name, is_gone, has_lost }) => {
    const mend = mends.get(name)!;
    if (is_gone) return `the table ${name} is gone: create it as its migration does, then ${mend}`;
    const fault = has_lost
      ? 'has lost rows that were not deleted by the service'
      : 'is not the table that the service has filled';
    return `the table ${name} ${fault}: ${mend}`;
  });
}
