import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sums of uses and of what they cost, which are added up in strides of charges. */
export class UsageSums1764200000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table charges add column offer_id text;
      alter table charges add column key_id text;
      -- µAIT by meter, of the meters that the payer's price list prices.
      alter table charges add column amounts jsonb not null default '{}';
      create table usage_series (
        lane int not null,
        series_id uuid not null,
        -- Dimensions that are told apart: 0 all, 1 without offer and key, 2 without party and key.
        cube smallint not null,
        party_id text not null,
        app text not null,
        model text not null,
        offer_id text not null,
        key_id text not null,
        -- Source of uses that metering states itself, and no party reports.
        stated text not null,
        -- Empty for uses as a whole.
        meter text not null,
        primary key (lane, series_id)
      );
      comment on table usage_series is 'lane';
      create index usage_series_of_party on usage_series (party_id, cube);
      create index usage_series_of_app on usage_series (app, cube);
      create index usage_series_of_model on usage_series (model, cube);
      create index usage_series_of_offer on usage_series (offer_id, cube);
      create table usage_sums (
        lane int not null,
        series_id uuid not null,
        -- Minutes.
        span smallint not null,
        start bigint not null,
        units numeric not null,
        uses bigint not null,
        tokens numeric not null,
        primary key (lane, series_id, span, start)
      ) with (fillfactor = 80);
      comment on table usage_sums is 'lane';
      -- How far the charges of a lane are in the sums; the few later ones are added when sums are read.
      create table usage_folds (
        lane int primary key,
        uses bigint not null,
        folded_to bigint not null,
        read_to bigint not null
      );
      comment on table usage_folds is 'lane';
      insert into usage_folds select lane, count(*), 0, max(sequence) from charges group by lane;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table usage_folds, usage_sums, usage_series;
      alter table charges drop column amounts, drop column key_id, drop column offer_id;
    `);
  }
}
