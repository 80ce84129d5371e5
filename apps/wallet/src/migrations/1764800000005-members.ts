import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the members of wallets. */
export class Members1764800000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table members (
        wallet_id text not null,
        member_id text not null,
        since bigint not null,
        primary key (wallet_id, member_id)
      );
      -- What a use is charged to is found by the member, whatever lane the wallet is in.
      comment on table members is 'reference';
      create index members_by_id on members (member_id, since);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table members;');
  }
}
