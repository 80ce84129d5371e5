import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds what wallets charged in periods of subscriptions, of which later uses give something back.
 */
export class PeriodAccounts1764800000055 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table period_accounts (
        lane int not null,
        -- Subscription and start of the period.
        period text not null,
        wallet_id text not null,
        -- The last event about it.
        sequence bigint not null,
        primary key (lane, period, wallet_id)
      );
      comment on table period_accounts is 'lane';
      create index period_accounts_of_period on period_accounts (period);
      create table period_lots (
        lane int not null,
        period text not null,
        wallet_id text not null,
        day text not null,
        -- Members whose caps were charged, separated by spaces.
        members text not null,
        lot_id text not null,
        -- First event that took of the lot.
        since bigint not null,
        -- Charged, less what went back.
        tokens numeric(38) not null,
        terms jsonb not null,
        primary key (lane, period, wallet_id, day, members, lot_id)
      );
      comment on table period_lots is 'lane';
      alter table waiting_uses add column period text;
      create index waiting_uses_of_period on waiting_uses (lane, period, wallet_id, since) where period is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index waiting_uses_of_period;
      alter table waiting_uses drop column period;
      drop table period_lots, period_accounts;
    `);
  }
}
