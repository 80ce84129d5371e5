import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the detection of rows deleted by anybody but the service. */
export class LostRows1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table lost_rows (
        table_name text primary key,
        since timestamptz not null default clock_timestamp()
      );
      comment on table lost_rows is 'local';
      -- Which table it was that the service has filled. A copy of the whole database has another event_store, too.
      create table watched_tables (
        table_name text primary key,
        table_oid oid not null,
        event_store_oid oid not null,
        -- Table that it is a partition of.
        partition_of text
      );
      comment on table watched_tables is 'local';
      create function tell_lost_rows() returns trigger language plpgsql as $$
      begin
        execute format('insert into %I.lost_rows (table_name) values ($1) on conflict do nothing', tg_table_schema)
          using tg_table_name;
        return null;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function tell_lost_rows cascade; drop table watched_tables, lost_rows');
  }
}
