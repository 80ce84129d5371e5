import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the offset of a relay's last event, so that its successor reads only later records. */
export class RelayOffset1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table relays add column log_offset bigint not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table relays drop column log_offset');
  }
}
