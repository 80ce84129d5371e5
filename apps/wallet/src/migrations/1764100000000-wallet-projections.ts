import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the wallet's read models. All of them can be rebuilt from its events. */
export class WalletProjections1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table wallets (
        wallet_id text primary key,
        party_id text not null,
        status text not null,
        available numeric(38) not null check (available >= 0),
        held numeric(38) not null check (held >= 0),
        debt numeric(38) not null default 0 check (debt >= 0),
        lane int not null,
        sequence bigint not null
      ) with (fillfactor = 70);
      create table entries (
        wallet_id text not null,
        sequence bigint not null,
        lane int not null,
        type text not null,
        tokens numeric(38) not null,
        balance_after numeric(38) not null check (balance_after >= 0),
        debt_after numeric(38) not null default 0 check (debt_after >= 0),
        time bigint not null,
        reference text,
        other_wallet_id text,
        memo text,
        primary key (wallet_id, sequence)
      );
      create table ledger_accounts (
        account text not null,
        asset text not null,
        credited numeric(38) not null,
        debited numeric(38) not null,
        primary key (account, asset)
      ) with (fillfactor = 70);
      create table token_prices (
        price_version int primary key,
        currency text not null,
        buy numeric(38) not null,
        sell_back numeric(38) not null,
        effective_from bigint not null,
        withdrawn boolean not null default false
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table token_prices, ledger_accounts, entries, wallets;');
  }
}
