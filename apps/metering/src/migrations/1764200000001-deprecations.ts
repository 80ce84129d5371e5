import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When versions of apps were deprecated, and which version a subscription was made to. */
export class Deprecations1764200000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table rate_app_versions add column deprecated_at bigint;
      alter table rate_subscriptions add column version int;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table rate_subscriptions drop column version;
      alter table rate_app_versions drop column deprecated_at;
    `);
  }
}
