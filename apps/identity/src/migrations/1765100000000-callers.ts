import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of callers of apps: keys of the gateway, and what apps may know of their subscribers. */
export class Callers1765100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table caller_keys (
        key_id text primary key,
        public_key jsonb not null,
        signs_from bigint not null,
        -- End of the keys before it.
        former_until bigint not null
      );
      comment on table caller_keys is 'reference';
      create table apps (
        app_id text primary key,
        developer_id text not null,
        suspended boolean not null default false
      );
      -- A token names a subscription, whatever lane its app is in.
      comment on table apps is 'reference';
      create table app_versions (
        app_id text not null,
        version int not null,
        effective_from bigint not null,
        -- Scopes that it needs.
        scopes jsonb not null,
        withdrawn boolean not null default false,
        primary key (app_id, version)
      );
      comment on table app_versions is 'reference';
      create table app_subscriptions (
        subscription_id text primary key,
        app_id text not null,
        party_id text not null,
        valid_from bigint not null,
        valid_until bigint,
        -- Scopes that were consented to.
        scopes jsonb not null
      );
      comment on table app_subscriptions is 'reference';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table app_subscriptions, app_versions, apps, caller_keys;');
  }
}
