import type { Pool, PoolClient } from 'pg';

/**
 * Place of a table's rows in a distributed Postgres. `lane`: on the server of their lane, which
 * leads every key. `reference`: copied to all servers, for small tables that are rarely written and
 * read from all lanes. `local`: on one server, for what only concerns the processes.
 */
type TableKind = 'lane' | 'reference' | 'local';

/** Declaration of a table, from its comment: `lane`, `lane(<column>)`, `reference` or `local`. */
export interface DeclaredTable {
  readonly table: string;
  /** `undefined` without a declaration. */
  readonly kind: TableKind | undefined;
  /** Column of the lane, in a table of kind `lane`. */
  readonly laneColumn: string;
}

type Queryable = Pick<Pool | PoolClient, 'query'>;

const declaration = /^(lane|reference|local)(?:\((\w+)\))?$/;

/** Tables of TypeORM. */
const unspoken: readonly string[] = ['migrations'];

/** Declarations of all tables of the current schema. */
export async function declaredTables(client: Queryable): Promise<readonly DeclaredTable[]> {
  const { rows } = await client.query<{ name: string; comment: string | null }>(
    `select relname as name, obj_description(oid, 'pg_class') as comment from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition order by relname`,
  );
  return rows
    .filter(({ name }) => !unspoken.includes(name))
    .map(({ name, comment }) => {
      const [, kind, laneColumn = 'lane'] = declaration.exec(comment ?? '') ?? [];
      return { table: name, kind: kind as TableKind | undefined, laneColumn };
    });
}

/**
 * Obstacles to distributing the tables, a sentence each: an undeclared table, a unique index of a
 * lane's table without the lane in front, a foreign key between kinds or without the lane, a column
 * counted by a sequence.
 */
export async function tableFaults(client: Queryable): Promise<readonly string[]> {
  const tables = await declaredTables(client);
  const undeclared = tables.filter(({ kind }) => kind === undefined).map(({ table }) => notDeclared(table));
  const keys = await Promise.all(
    tables.filter(({ kind }) => kind === 'lane').map((table) => laneTableFaults(client, table)),
  );
  return [
    ...undeclared,
    ...keys.flat(),
    ...(await foreignKeyFaults(client, new Map(tables.map((of) => [of.table, of])))),
  ];
}

const notDeclared = (table: string) =>
  `${table} is not declared: its migration says \`comment on table ${table} is 'lane'\`, or 'reference', or 'local'`;

async function laneTableFaults(client: Queryable, { table, laneColumn }: DeclaredTable): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; first: string | null; is_primary: boolean }>(
    `select index.relname as name, indisprimary as is_primary,
       (select attname from pg_attribute where attrelid = indrelid and attnum = indkey[0]) as first
     from pg_index join pg_class index on index.oid = indexrelid
     where indrelid = to_regclass(quote_ident($1)) and indisunique order by index.relname`,
    [table],
  );
  const faults = rows
    .filter(({ first }) => first !== laneColumn)
    .map(
      ({ name, first }) =>
        `${table}: ${name} is unique and begins with ${first ?? 'an expression'}, not with ${laneColumn}`,
    );
  if (!rows.some(({ is_primary }) => is_primary)) faults.push(`${table} is of a lane and has no primary key`);
  const counted = await client.query<{ name: string }>(
    `select attname as name from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
     where attrelid = to_regclass(quote_ident($1)) and attnum > 0
       and (attidentity <> '' or pg_get_expr(adbin, adrelid) like '%nextval(%')`,
    [table],
  );
  return [...faults, ...counted.rows.map(({ name }) => `${table}: ${name} is counted by a sequence`)];
}

async function foreignKeyFaults(
  client: Queryable,
  tables: ReadonlyMap<string, DeclaredTable>,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; from: string; to: string; columns: string[] }>(
    `select conname as name, source.relname as "from", target.relname as "to",
       array(select attname::text from pg_attribute where attrelid = conrelid and attnum = any(conkey)) as columns
     from pg_constraint join pg_class source on source.oid = conrelid join pg_class target on target.oid = confrelid
     where contype = 'f' and connamespace = current_schema()::regnamespace order by conname`,
  );
  return rows.flatMap(({ name, from, to, columns }) => {
    const [source, target] = [tables.get(from), tables.get(to)];
    if (target?.kind === 'reference') return [];
    if (source?.kind !== target?.kind) return [`${from}: ${name} leads to ${to}, a table of another kind`];
    const lacksLane = source?.kind === 'lane' && !columns.includes(source.laneColumn);
    return lacksLane ? [`${from}: ${name} leads to ${to} without ${source.laneColumn}`] : [];
  });
}

/**
 * Puts each lane of the lanes' tables into a partition of its own. Postgres then demands what a
 * distributed one demands: the lane in every unique index, and its value in every statement.
 * For specs, on empty tables.
 */
export async function putLanesApart(client: Queryable, lanes: number): Promise<void> {
  for (const { table, kind, laneColumn } of await declaredTables(client)) {
    if (kind !== 'lane') continue;
    const parts = Array.from(
      { length: lanes },
      (_, lane) => `create table ${partOf(table, lane)} partition of ${table} for values in (${lane});`,
    );
    await client.query(`
      alter table ${table} rename to ${table}_whole;
      create table ${table} (like ${table}_whole including all) partition by list (${laneColumn});
      comment on table ${table} is '${laneColumn === 'lane' ? 'lane' : `lane(${laneColumn})`}';
      drop table ${table}_whole;
      ${parts.join('\n')}`);
  }
}

const partOf = (table: string, lane: number) => `${table}_of_lane_${lane}`;

/** Lanes whose partitions are in an explained plan (`format json`). */
export function lanesOf(plan: unknown): ReadonlySet<number> {
  const parts = JSON.stringify(plan).matchAll(/"\w+_of_lane_(\d+)"/g);
  return new Set(Array.from(parts, ([, lane]) => Number(lane)));
}
