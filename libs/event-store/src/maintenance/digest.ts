import { escapeIdentifier, type Pool, type PoolClient } from 'pg';

/** Digest of a table's rows, in any order: equal digests, equal rows. */
export interface TableDigest {
  readonly table: string;
  readonly rows: number;
  /** 32 hex digits: the sum, modulo 2^128, of the MD5 of every row's text, with columns by name. */
  readonly digest: string;
}

const bits = 128n;
const half = 64n;

/** Settings that make the text of values independent of the session. */
const settings = `set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local statement_timeout = 0`;

/**
 * Digests of tables in one snapshot, whatever is written meanwhile.
 * @throws Error for a missing table
 */
export async function digestOf(pool: Pool, tables: readonly string[]): Promise<readonly TableDigest[]> {
  const client = await pool.connect();
  try {
    await client.query(`begin isolation level repeatable read read only; ${settings}`);
    const digests: TableDigest[] = [];
    for (const table of tables) digests.push(await digestOfTable(client, table));
    await client.query('commit');
    client.release();
    return digests;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function digestOfTable(client: PoolClient, table: string): Promise<TableDigest> {
  const columns = await columnsOf(client, table);
  const row = columns.map((column) => `t.${escapeIdentifier(column)}`).join(', ');
  const halfSum = (from: number) => `coalesce(sum(('x' || substr(digest, ${from}, 16))::bit(64)::bigint), 0)::text`;
  const { rows } = await client.query<{ rows: string; high: string; low: string }>(
    `select count(*)::text as rows, ${halfSum(1)} as high, ${halfSum(17)} as low
     from (select md5(row(${row})::text) as digest from ${escapeIdentifier(table)} t) digests`,
  );
  const [sums] = rows;
  const sum = BigInt.asUintN(Number(bits), (BigInt(sums!.high) << half) + BigInt(sums!.low));
  return { table, rows: Number(sums!.rows), digest: sum.toString(16).padStart(32, '0') };
}

/** Columns sorted by name: their order in the table depends on the order of migrations. */
async function columnsOf(client: PoolClient, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attname`,
    [escapeIdentifier(table)],
  );
  if (rows.length === 0) throw new Error(`no such table ${table}: have its migrations run?`);
  return rows.map((row) => row.name);
}
