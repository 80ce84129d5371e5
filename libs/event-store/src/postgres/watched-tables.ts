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

/** A table or a partition, and the triggers that tell of its rows. */
interface Told {
  readonly name: string;
  /** Table that it is a partition of. */
  readonly partition_of: string | null;
  /** Rows are those of its partitions, whose triggers tell of them. */
  readonly is_divided: boolean;
  readonly is_told: boolean;
  readonly is_known: boolean;
}

/**
 * Makes Postgres report foreign deletions from tables, each partition by itself. Every start does
 * it after the migrations, so that no table is forgotten. A missing table is left to {@link
 * lostTables}.
 */
export function watchTables(pool: Pool, tables: readonly string[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    await client.query(`select pg_advisory_xact_lock(${watchLock})`);
    const found = await toldOf(client, tables);
    for (const each of found) if (!each.is_told) await tellOf(client, each);
    await know(
      client,
      found.filter(({ is_known }) => !is_known),
    );
  });
}

/** The tables that exist, and their partitions. */
async function toldOf(client: PoolClient, tables: readonly string[]): Promise<readonly Told[]> {
  const { rows } = await client.query<Told>(
    `select relname as name, partition_of, relkind = 'p' as is_divided,
       (select count(*) >= case when relkind = 'p' then 1 else 2 end from pg_trigger
        where tgrelid = found and tgfoid = 'tell_lost_rows'::regproc) as is_told,
       exists (select from watched_tables where table_name = relname and event_store_oid = 'event_store'::regclass) as is_known
     from (
       select to_regclass(name)::oid as found, null as partition_of from unnest($1::text[]) name
       union all
       select inhrelid, name from unnest($1::text[]) name join pg_inherits on inhparent = to_regclass(name)
     ) each join pg_class on oid = found`,
    [tables],
  );
  return rows;
}

/** Watches tables that were just swapped in, complete. */
export async function watchAnew(client: PoolClient, tables: readonly string[]): Promise<void> {
  const found = await toldOf(client, tables);
  for (const each of found) await tellOf(client, each);
  await know(client, found);
  await believeAgain(client, tables);
}

/** Clears the reports: the lost rows were restored. */
export async function believeAgain(client: Pick<Pool | PoolClient, 'query'>, tables: readonly string[]): Promise<void> {
  await client.query(
    `delete from lost_rows where table_name = any($1)
       or table_name in (select table_name from watched_tables where partition_of = any($1))`,
    [tables],
  );
}

async function tellOf(client: PoolClient, { name: table, is_divided }: Told): Promise<void> {
  const name = escapeIdentifier(table);
  const unlessOwn = `when (current_setting('tokengrid.deletes', true) is distinct from 'own') execute function tell_lost_rows()`;
  await client.query(`create or replace trigger lost_rows_truncated after truncate on ${name} ${unlessOwn}`);
  if (is_divided) return;
  await client.query(`create or replace trigger lost_rows_deleted after delete on ${name} for each row ${unlessOwn}`);
}

async function know(client: PoolClient, tables: readonly Told[]): Promise<void> {
  if (tables.length === 0) return;
  await client.query(
    `insert into watched_tables
     select name, to_regclass(name), 'event_store'::regclass, partition_of
     from unnest($1::text[], $2::text[]) each (name, partition_of)
     on conflict (table_name) do update
       set table_oid = excluded.table_oid, event_store_oid = excluded.event_store_oid, partition_of = excluded.partition_of`,
    [tables.map(({ name }) => name), tables.map(({ partition_of }) => partition_of)],
  );
}

/** Faults of watched tables and their partitions, a sentence each. */
export async function lostTables(pool: Pool, watched: readonly WatchedTable[]): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string; root: string; is_gone: boolean; has_lost: boolean }>({
    name: 'lost-tables',
    text: `
      with each as (
        select name, name as root, position from unnest($1::text[]) with ordinality as each (name, position)
        union all
        select table_name, partition_of, position from unnest($1::text[]) with ordinality as each (name, position)
          join watched_tables on partition_of = name and event_store_oid = 'event_store'::regclass
      )
      select name, root, to_regclass(name) is null as is_gone, lost.table_name is not null as has_lost
      from each
        left join lost_rows lost on lost.table_name = name
        left join watched_tables watched on watched.table_name = name
      where lost.table_name is not null or to_regclass(name) is null
        or (watched.table_oid <> to_regclass(name) and watched.event_store_oid = 'event_store'::regclass)
      order by position, name`,
    values: [watched.map(({ table }) => table)],
  });
  const mends = new Map(watched.map(({ table, mend }) => [table, mend]));
  return rows.map(({ name, root, is_gone, has_lost }) => {
    const mend = mends.get(root)!;
    if (is_gone) return `the table ${name} is gone: create it as its migration does, then ${mend}`;
    const fault = has_lost
      ? 'has lost rows that were not deleted by the service'
      : 'is not the table that the service has filled';
    return `the table ${name} ${fault}: ${mend}`;
  });
}
