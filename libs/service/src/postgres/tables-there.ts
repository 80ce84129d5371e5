import type { DataSource } from 'typeorm';
import { declaredTables } from '@tokengrid/event-store/postgres';
import { poolOf } from './database.ts';

/** The tables that a database had when a process started. */
export class TablesThere {
  private constructor(
    private readonly source: DataSource,
    private readonly tables: readonly string[],
  ) {}

  /** @param watched tables whose loss others tell of */
  static async of(source: DataSource, watched: readonly string[] = []): Promise<TablesThere> {
    const tables = await declaredTables(poolOf(source));
    const others = tables.map(({ table }) => table).filter((table) => !watched.includes(table));
    return new TablesThere(source, others);
  }

  /**
   * Tables that are gone since, a sentence each. None of an emptied database: the event store tells
   * of that.
   */
  async gone(): Promise<readonly string[]> {
    const rows = await this.source.query<{ name: string }[]>(
      "select name from unnest($1::text[]) name where to_regclass(name) is null and to_regclass('events') is not null order by name",
      [this.tables],
    );
    return rows.map(({ name }) => `the table ${name} is gone: restore it from a backup`);
  }
}
