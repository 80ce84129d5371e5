import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds what happened to uses beside their charge, by which refunds and waiting uses are found. */
export class UseChanges1764800000040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table use_changes (
        lane int not null,
        usage_id text not null,
        sequence bigint not null,
        charge_id text not null,
        wallet_id text not null,
        waits boolean not null,
        primary key (lane, usage_id, sequence)
      );
      comment on table use_changes is 'lane';
      create index use_changes_of_use on use_changes (usage_id);
      create index use_changes_of_charge on use_changes (charge_id);
      create table waiting_uses (
        lane int not null,
        usage_id text not null,
        wallet_id text not null,
        -- Sequence of the event that refused it first.
        since bigint not null,
        charge_id text not null,
        party_id text not null,
        key_id text,
        tokens numeric(38) not null,
        primary key (lane, usage_id)
      );
      comment on table waiting_uses is 'lane';
      create index waiting_uses_of_wallet on waiting_uses (lane, wallet_id, since, usage_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table waiting_uses, use_changes');
  }
}
