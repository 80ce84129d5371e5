import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds what processes use of the limits of keys. */
export class KeyUses1765000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What is lost with a crash counts for a minute at most.
      create unlogged table key_uses (
        person text not null,
        process text not null,
        requests bigint not null,
        units bigint not null,
        streams bigint not null,
        stated_at timestamptz not null,
        primary key (person, process)
      );
      comment on table key_uses is 'local';
      create index key_uses_by_time on key_uses (stated_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table key_uses;');
  }
}
