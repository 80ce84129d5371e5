import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Table of the uses that were reported, by which repeats are told. */
export class UsageMarks1764200000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table usage_marks (
        lane int not null,
        -- Three weeks in which it was stored, of nine that recur: its partition.
        part smallint not null,
        -- Index of the use in its event.
        place smallint not null,
        key text collate "C" not null,
        sequence bigint not null,
        stored_on date not null,
        is_rated boolean not null,
        primary key (lane, sequence, place, part)
      ) partition by list (part);
      comment on table usage_marks is 'lane';
      -- A repeat may name another payer, who may be in another lane.
      create index usage_marks_by_key on usage_marks (key);
      -- Tells an old part at a glance: rows are in the order of their days.
      create index usage_marks_by_day on usage_marks using brin (stored_on);
      create table usage_marks_0 partition of usage_marks for values in (0);
      create table usage_marks_1 partition of usage_marks for values in (1);
      create table usage_marks_2 partition of usage_marks for values in (2);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table usage_marks');
  }
}
