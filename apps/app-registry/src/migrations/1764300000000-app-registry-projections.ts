import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the app registry's read models. All of them can be rebuilt from its events. */
export class AppRegistryProjections1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table apps (
        app_id text primary key,
        slug text not null,
        developer_id text not null,
        name text not null,
        name_skeleton text not null,
        suspended boolean not null,
        created_at bigint not null
      );
      -- What is on offer is asked for by everybody, whatever lane it is in.
      comment on table apps is 'reference';
      create index apps_by_slug on apps (slug);
      create index apps_by_look on apps (name_skeleton);
      create index apps_by_developer on apps (developer_id, app_id);
      create table versions (
        app_id text not null,
        version int not null,
        status text not null,
        -- As it was sent, member by member in its order: so json, not jsonb.
        manifest json not null,
        faults jsonb,
        reasons jsonb,
        drafted_at bigint not null,
        published_at bigint,
        effective_from bigint,
        subscriptions_from bigint,
        deprecated_at bigint,
        primary key (app_id, version)
      );
      comment on table versions is 'reference';
      create index versions_in_force on versions (app_id, effective_from desc) where status = 'published';
      create table models (
        model_id text primary key,
        name text collate "C" not null,
        provider_id text not null,
        endpoint text not null,
        region text not null,
        capacity int,
        tokenizer text,
        data_promises jsonb,
        status text not null,
        asked_bps int not null,
        reasons jsonb,
        created_at bigint not null
      );
      comment on table models is 'reference';
      create index models_by_name on models (name, model_id);
      create index models_by_provider on models (provider_id, model_id);
      create table model_prices (
        model_id text not null,
        price_version int not null,
        prices json not null,
        operator_bps int not null,
        posted_at bigint not null,
        effective_from bigint not null,
        primary key (model_id, price_version)
      );
      comment on table model_prices is 'reference';
      create table subscriptions (
        lane int not null,
        subscription_id text not null,
        app_id text not null,
        slug text not null,
        party_id text not null,
        version int not null,
        plan_id text not null,
        subscribed_at bigint not null,
        ended_at bigint,
        consent jsonb not null,
        -- From when on the next fee is due; a plan without a fee is found by its version.
        next_fee_at bigint not null,
        -- Time by which a refused fee has to be paid.
        grace_until bigint,
        seats int,
        credit numeric(38) not null,
        primary key (lane, subscription_id)
      );
      comment on table subscriptions is 'lane';
      create index subscriptions_by_due on subscriptions (least(next_fee_at, grace_until));
      create index subscriptions_by_party on subscriptions (party_id, subscription_id);
      create index subscriptions_by_app on subscriptions (app_id, subscription_id);
      -- Uses by which fees are charged.
      create table subscription_fees (
        lane int not null,
        usage_id text not null,
        subscription_id text not null,
        app_id text not null,
        party_id text not null,
        primary key (lane, usage_id)
      );
      comment on table subscription_fees is 'lane';
      create index subscription_fees_by_use on subscription_fees (usage_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table subscription_fees, subscriptions, model_prices, models, versions, apps;');
  }
}
