import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where in its lane a relay's last event stands, so that who takes over needs to read only what came after it. */
export class RelayOffset1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table relays add column log_offset bigint not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table relays drop column log_offset');
  }
}
