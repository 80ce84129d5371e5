import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rows of corrections among the charges, and what waits of refused uses. */
export class Corrections1764200000040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table charges drop constraint if exists charges_tokens_check;
      alter table charges
        -- Number of the correction whose differences the row has; null: the use as it was rated.
        add column number int,
        add column voided boolean not null default false,
        -- All units of the use from the correction on.
        add column replacement jsonb;
      create index charges_corrections on charges (usage_id, number) where number is not null;
      alter table refused_uses
        add column source text not null,
        add column event_id text not null,
        add column app text,
        add column model text,
        add column units jsonb not null,
        add column tokens numeric(38) not null,
        add column used_at bigint not null;
      create table closing_days (period text primary key);
      -- Whatever lane of settlement they are from.
      comment on table closing_days is 'reference';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table closing_days;
      drop index charges_corrections;
      alter table charges drop column number, drop column voided, drop column replacement;
      alter table refused_uses drop column source, drop column event_id, drop column app, drop column model,
        drop column units, drop column tokens, drop column used_at;
    `);
  }
}
