import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Splits the ledger by lane, sums the wallets' accounts, and adds a snapshot before every 256
 * events. Earlier bookings are kept; their snapshots exist after a rebuild of the ledger
 * (`tokengrid rebuild wallet ledger`).
 */
export class LedgerByLane1764800000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table lane_accounts (
        lane int not null,
        account text not null,
        asset text not null,
        credited numeric(38) not null,
        debited numeric(38) not null,
        primary key (lane, account, asset)
      ) with (fillfactor = 50);
      create table ledger_snapshots (
        lane int not null,
        block bigint not null,
        sequence bigint not null,
        accounts jsonb not null,
        primary key (lane, block)
      );
      insert into lane_accounts
        select coalesce(w.lane, split_part(a.account, ':', 2)::int) as in_lane,
          regexp_replace(a.account, '^wallet:[^:]+:', 'wallet:*:') as name, a.asset, sum(a.credited), sum(a.debited)
        from ledger_accounts a
        left join wallets w on a.account like 'wallet:%' and w.wallet_id = split_part(a.account, ':', 2)
        group by in_lane, name, a.asset;
      drop table ledger_accounts;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table ledger_snapshots, lane_accounts;
      create table ledger_accounts (
        account text not null,
        asset text not null,
        credited numeric(38) not null,
        debited numeric(38) not null,
        primary key (account, asset)
      ) with (fillfactor = 70);
    `);
  }
}
