import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the ledger by lane, with wallet accounts summed up, and snapshots every 256 events. */
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
      comment on table lane_accounts is 'lane';
      create table ledger_snapshots (
        lane int not null,
        block bigint not null,
        sequence bigint not null,
        accounts jsonb not null,
        primary key (lane, block)
      );
      comment on table ledger_snapshots is 'lane';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ledger_snapshots, lane_accounts;');
  }
}
