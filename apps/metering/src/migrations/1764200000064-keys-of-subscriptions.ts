import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the API keys that subscribed, whose caps bind the minimum of a subscription's month. */
export class KeysOfSubscriptions1764200000064 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table rate_subscriptions add column key_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table rate_subscriptions drop column key_id');
  }
}
