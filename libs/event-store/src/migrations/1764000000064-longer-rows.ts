import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps events of up to 8 KB as they are. Postgres compresses rows from 2 KB on by itself, which
 * costs more than all else that it does to store such an event.
 */
export class LongerRows1764000000064 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table events set (toast_tuple_target = 8160)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table events reset (toast_tuple_target)');
  }
}
