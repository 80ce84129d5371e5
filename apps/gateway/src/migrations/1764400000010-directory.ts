import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of models, apps and subscriptions, from the registry's events. */
export class Directory1764400000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table offers (
        model_id text primary key,
        -- Name of the model, by its first spelling, and its key: names that look alike share one.
        name text collate "C" not null,
        look text not null,
        provider_id text not null,
        endpoint text not null,
        region text not null,
        capacity int,
        tokenizer text,
        -- Promises of the provider; null where it makes none.
        training boolean,
        retention_days int,
        status text not null,
        offered_at bigint not null
      );
      -- A request names a model, whatever lane its offers are in.
      comment on table offers is 'reference';
      create index offers_by_look on offers (look);
      create index offers_by_name on offers (name, offered_at) where status = 'offered';
      create table offer_prices (
        model_id text not null,
        version int not null,
        effective_from bigint not null,
        prices jsonb not null,
        withdrawn boolean not null default false,
        primary key (model_id, version)
      );
      comment on table offer_prices is 'reference';
      create table apps (
        slug text primary key,
        app_id text not null,
        developer_id text not null,
        suspended boolean not null default false
      );
      comment on table apps is 'reference';
      create table app_versions (
        slug text not null,
        version int not null,
        effective_from bigint not null,
        endpoint text not null,
        scopes jsonb not null,
        -- Meters that the gateway reports.
        meters jsonb not null,
        withdrawn boolean not null default false,
        primary key (slug, version)
      );
      comment on table app_versions is 'reference';
      create table app_subscriptions (
        subscription_id text primary key,
        slug text not null,
        party_id text not null,
        plan_id text not null,
        version int not null,
        valid_from bigint not null,
        valid_until bigint,
        scopes jsonb not null
      );
      comment on table app_subscriptions is 'reference';
      create index app_subscriptions_of_party on app_subscriptions (party_id, slug);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table app_subscriptions, app_versions, apps, offer_prices, offers');
  }
}
