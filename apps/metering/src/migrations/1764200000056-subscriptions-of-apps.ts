import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the order in which the clock goes through subscriptions whose plans have a minimum. */
export class SubscriptionsOfApps1764200000056 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index rate_subscriptions_of_app on rate_subscriptions (slug, subscription_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index rate_subscriptions_of_app');
  }
}
