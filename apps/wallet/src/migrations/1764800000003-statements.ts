import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds look-ups of statements: by reference, and the statuses of a wallet. */
export class Statements1764800000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index entries_by_reference on entries (reference) where reference is not null;
      create table wallet_statuses (
        wallet_id text not null,
        sequence bigint not null,
        time bigint not null,
        status text not null,
        primary key (wallet_id, sequence)
      );
      insert into wallet_statuses
        select stream_id, sequence, time, 'open' from events where type = 'WalletOpened';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table wallet_statuses; drop index entries_by_reference;');
  }
}
