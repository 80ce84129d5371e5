import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of served requests, what the wallet took for them, and the caps of keys. */
export class Requests1764400000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table requests (
        lane int not null,
        request_id text not null,
        party_id text not null,
        used_at bigint not null,
        app text,
        model text,
        offer_id text,
        key_id text,
        units jsonb not null,
        ended text,
        first_unit_ms int,
        total_ms int,
        primary key (lane, request_id)
      );
      comment on table requests is 'lane';
      create index requests_of_party on requests (party_id, used_at, request_id);
      -- What the wallet answered to requests; the lane is the wallet's.
      create table request_charges (
        lane int not null,
        request_id text not null,
        charge_id text not null,
        -- What was taken for it, without what was given back.
        tokens numeric(38) not null,
        waits boolean not null,
        primary key (lane, request_id)
      );
      comment on table request_charges is 'lane';
      create index request_charges_by_request on request_charges (request_id);
      create table key_caps (
        wallet_id text not null,
        key_id text not null,
        daily numeric(38),
        total numeric,
        monthly numeric(38),
        primary key (wallet_id, key_id)
      );
      -- A key is asked about wherever it is used.
      comment on table key_caps is 'reference';
      create index key_caps_by_key on key_caps (key_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table key_caps, request_charges, requests');
  }
}
