import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the wallet's read models. All of them can be rebuilt from its events. */
export class WalletProjections1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table wallets (
        lane int not null,
        wallet_id text not null,
        party_id text not null,
        status text not null,
        available numeric(38) not null check (available >= 0),
        held numeric(38) not null check (held >= 0),
        debt numeric(38) not null default 0 check (debt >= 0),
        sequence bigint not null,
        primary key (lane, wallet_id)
      ) with (fillfactor = 70);
      comment on table wallets is 'lane';
      create table entries (
        lane int not null,
        wallet_id text not null,
        sequence bigint not null,
        type text not null,
        tokens numeric(38) not null,
        balance_after numeric(38) not null check (balance_after >= 0),
        held numeric(38) not null default 0,
        held_after numeric(38) not null default 0 check (held_after >= 0),
        debt_after numeric(38) not null default 0 check (debt_after >= 0),
        time bigint not null,
        reference text,
        other_wallet_id text,
        memo text,
        uses int,
        primary key (lane, wallet_id, sequence)
      );
      comment on table entries is 'lane';
      create index entries_by_reference on entries (reference) where reference is not null;
      create table charged_uses (
        lane int not null,
        charge_id text not null,
        wallet_id text not null,
        sequence bigint not null,
        primary key (lane, charge_id)
      );
      comment on table charged_uses is 'lane';
      create table wallet_statuses (
        lane int not null,
        wallet_id text not null,
        sequence bigint not null,
        time bigint not null,
        status text not null,
        primary key (lane, wallet_id, sequence)
      );
      comment on table wallet_statuses is 'lane';
      create table token_prices (
        price_version int primary key,
        currency text not null,
        buy numeric(38) not null,
        sell_back numeric(38) not null,
        effective_from bigint not null,
        withdrawn boolean not null default false
      );
      comment on table token_prices is 'reference';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table token_prices, wallet_statuses, charged_uses, entries, wallets;');
  }
}
