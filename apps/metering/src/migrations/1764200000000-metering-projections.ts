import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tables of metering's read models: of its own events, and of those it needs from identity and the
 * app registry.
 */
export class MeteringProjections1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table known_parties (party_id text primary key);
      -- What uses are rated by, whatever lane they are in.
      comment on table known_parties is 'reference';
      create table rate_apps (slug text primary key, app_id text not null, developer_id text not null);
      comment on table rate_apps is 'reference';
      create table rate_app_versions (
        slug text not null,
        version int not null,
        effective_from bigint not null,
        subscriptions_from bigint,
        operator_bps int not null,
        plans jsonb not null,
        models jsonb not null,
        -- Reporter of each meter that names one.
        reporters jsonb not null,
        deprecated_at bigint,
        withdrawn boolean not null default false,
        primary key (slug, version)
      );
      comment on table rate_app_versions is 'reference';
      create table rate_offers (
        model_id text primary key,
        name text not null,
        provider_id text not null,
        region text not null
      );
      comment on table rate_offers is 'reference';
      create index rate_offers_by_name on rate_offers (name);
      create table rate_offer_prices (
        model_id text not null,
        version int not null,
        effective_from bigint not null,
        operator_bps int not null,
        prices jsonb not null,
        withdrawn boolean not null default false,
        primary key (model_id, version)
      );
      comment on table rate_offer_prices is 'reference';
      -- When an offer was suspended or withdrawn; the end of a withdrawal is null.
      create table rate_pauses (
        subject text not null,
        starts_at bigint not null,
        ends_at bigint,
        primary key (subject, starts_at)
      );
      comment on table rate_pauses is 'reference';
      create table rate_subscriptions (
        subscription_id text primary key,
        slug text not null,
        party_id text not null,
        plan_id text not null,
        version int not null,
        valid_from bigint not null,
        valid_until bigint,
        trial_until bigint
      );
      comment on table rate_subscriptions is 'reference';
      create index rate_subscriptions_of_party on rate_subscriptions (party_id, slug);
      -- Prices of a token in the operator's currency.
      create table token_prices (
        price_version int primary key,
        currency text not null,
        -- Minor units for a million µAIT.
        buy numeric not null,
        effective_from bigint not null,
        withdrawn boolean not null default false
      );
      comment on table token_prices is 'reference';
      create table charges (
        lane int not null,
        -- Where the use stands: its event, and the index there.
        sequence bigint not null,
        place smallint not null,
        party_id text not null,
        usage_id text not null,
        source text not null,
        event_id text not null,
        app text,
        model text,
        units jsonb not null,
        -- Below 0 for a use that gives back.
        tokens numeric(38) not null,
        price_version text not null,
        used_at bigint not null,
        subsidy_of text,
        primary key (lane, sequence, place)
      );
      comment on table charges is 'lane';
      create index charges_by_time on charges (used_at);
      create index charges_of_party on charges (party_id, used_at);
      create index charges_of_app on charges (app, used_at) where app is not null;
      create index charges_of_model on charges (model, used_at) where model is not null;
      -- Events of metering of which the wallet has charged or refused each use; the lane is the wallet's.
      create table charged_events (
        lane int not null,
        rated_lane int not null,
        sequence bigint not null,
        primary key (lane, rated_lane, sequence)
      );
      comment on table charged_events is 'lane';
      create index charged_events_by_place on charged_events (rated_lane, sequence);
      create table refused_uses (
        lane int not null,
        usage_id text not null,
        -- Event of the use.
        rated_lane int not null,
        sequence bigint not null,
        party_id text not null,
        code text not null,
        refused_at bigint not null,
        primary key (lane, usage_id)
      );
      comment on table refused_uses is 'lane';
      create index refused_uses_by_time on refused_uses (refused_at, usage_id);
      create index refused_uses_of_party on refused_uses (party_id, refused_at, usage_id);
      create index refused_uses_by_use on refused_uses (usage_id);
      create table parked_usage (
        lane int not null,
        usage_id text not null,
        party_id text not null,
        waits_for text not null,
        reported_by text not null,
        use jsonb not null,
        sequence bigint not null,
        place smallint not null,
        parked_at bigint not null,
        primary key (lane, usage_id)
      );
      comment on table parked_usage is 'lane';
      create index parked_usage_by_need on parked_usage (waits_for, usage_id);
      create index parked_usage_by_time on parked_usage (parked_at, usage_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table parked_usage, refused_uses, charged_events, charges, token_prices, rate_subscriptions, rate_pauses, rate_offer_prices, rate_offers, rate_app_versions, rate_apps,
         known_parties`,
    );
  }
}
