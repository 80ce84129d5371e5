import { escapeIdentifier, escapeLiteral, type PoolClient } from 'pg';
import { watchAnew } from '../postgres/watched-tables.ts';

/**
 * Schema of the copies, used by nothing else; a rebuild drops the leftovers of an interrupted one.
 */
const copySchema = 'rebuild';

/**
 * Fresh, empty copies of a projection's tables, filled by the projection's own code and then
 * swapped in.
 */
export class TableCopies {
  private constructor(
    private readonly client: PoolClient,
    private readonly schema: string,
    private readonly tables: readonly string[],
  ) {}

  /**
   * Creates the copies, and makes the client's unqualified names refer to them. The client must not
   * be used for anything else later.
   * @throws Error for a missing table
   */
  static async make(client: PoolClient, tables: readonly string[]): Promise<TableCopies> {
    const { rows } = await client.query<{ schema: string }>('select current_schema() as schema');
    const { schema } = rows[0]!;
    await client.query(`drop schema if exists ${copySchema} cascade; create schema ${copySchema}`);
    for (const table of tables) {
      const name = escapeIdentifier(table);
      const { key, parts } = await partitionsOf(client, schema, table);
      await client.query(
        `create table ${copySchema}.${name} (like ${escapeIdentifier(schema)}.${name} including all) ${key}`,
      );
      for (const { part, bound } of parts)
        await client.query(
          `create table ${copySchema}.${escapeIdentifier(part)} partition of ${copySchema}.${name} ${bound}`,
        );
      await declareAlike(client, table, schema);
    }
    // The copies are useless before the swap, so losing the last writes to a crash costs nothing.
    await client.query(
      `set search_path = ${copySchema}, ${escapeIdentifier(schema)}; set synchronous_commit = off; set statement_timeout = 0`,
    );
    return new TableCopies(client, schema, tables);
  }

  /** Locks the tables for everyone until the transaction ends. */
  async lockTables(): Promise<void> {
    const names = this.tables.map((table) => `${escapeIdentifier(this.schema)}.${escapeIdentifier(table)}`);
    await this.client.query(`lock table ${names.join(', ')} in access exclusive mode`);
  }

  /**
   * Swaps the copies in under the same names, indexes included. Requires {@link lockTables}.
   * @param tables those to swap in; the copies of others are dropped
   */
  async swap(tables = this.tables): Promise<void> {
    const home = escapeIdentifier(this.schema);
    for (const table of tables) {
      const name = escapeIdentifier(table);
      const indexes = await this.indexesOf(this.schema, table);
      const { parts } = await partitionsOf(this.client, copySchema, table);
      const moved = [table, ...parts.map(({ part }) => part)].map(
        (each) => `alter table ${copySchema}.${escapeIdentifier(each)} set schema ${home}`,
      );
      await this.client.query(`drop table ${home}.${name}; ${moved.join('; ')}`);
      const copied = await this.indexesOf(this.schema, table);
      for (const [definition, names] of indexes) {
        for (const [position, before] of names.entries()) await this.rename(copied.get(definition)?.[position], before);
      }
    }
    await this.client.query(`drop schema ${copySchema} cascade`);
    await watchAnew(this.client, tables);
  }

  /**
   * Renames an index: Postgres names the indexes of a copy anew, and later migrations look for the
   * old names.
   */
  private async rename(index: string | undefined, name: string): Promise<void> {
    if (index === undefined || index === name) return;
    await this.client.query(
      `alter index ${escapeIdentifier(this.schema)}.${escapeIdentifier(index)} rename to ${escapeIdentifier(name)}`,
    );
  }

  /** Names of a table's indexes by their definition without names. */
  private async indexesOf(schema: string, table: string): Promise<Map<string, string[]>> {
    const { rows } = await this.client.query<{ name: string; definition: string }>(
      `select c.relname as name, concat(i.indisprimary, i.indisunique, substring(pg_get_indexdef(c.oid) from ' USING .*')) as definition
       from pg_index i join pg_class c on c.oid = i.indexrelid
       where i.indrelid = to_regclass($1) order by c.relname`,
      [`${escapeIdentifier(schema)}.${escapeIdentifier(table)}`],
    );
    const byDefinition = new Map<string, string[]>();
    for (const { name, definition } of rows)
      byDefinition.set(definition, [...(byDefinition.get(definition) ?? []), name]);
    return byDefinition;
  }
}

/** How a table is divided; an undivided one has no key and no parts. */
interface Divided {
  /** Clause of its definition. */
  readonly key: string;
  /** Its partitions, with the clauses of theirs. */
  readonly parts: readonly { readonly part: string; readonly bound: string }[];
}

async function partitionsOf(client: PoolClient, schema: string, table: string): Promise<Divided> {
  const { rows } = await client.query<{ key: string; part: string; bound: string }>(
    `select pg_get_partkeydef(inhparent) as key, relname as part,
       pg_get_expr(relpartbound, oid) || coalesce(' with (' || array_to_string(reloptions, ', ') || ')', '') as bound
     from pg_inherits join pg_class on oid = inhrelid where inhparent = to_regclass($1) order by relname`,
    [`${escapeIdentifier(schema)}.${escapeIdentifier(table)}`],
  );
  return { key: rows[0] ? `partition by ${rows[0].key}` : '', parts: rows };
}

/** Gives a copy the comment of its table, which declares the kind. */
async function declareAlike(client: PoolClient, table: string, schema: string): Promise<void> {
  const name = escapeIdentifier(table);
  const { rows } = await client.query<{ comment: string | null }>(
    `select obj_description(to_regclass($1), 'pg_class') as comment`,
    [`${escapeIdentifier(schema)}.${name}`],
  );
  const comment = rows[0]!.comment ?? '';
  await client.query(`comment on table ${copySchema}.${name} is ${escapeLiteral(comment)}`);
}
