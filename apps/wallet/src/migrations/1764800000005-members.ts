import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds members, and the members of holds. */
export class Members1764800000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table members (
        wallet_id text not null,
        member_id text not null,
        since bigint not null,
        primary key (wallet_id, member_id)
      );
      create index members_by_id on members (member_id, since);
      alter table holds add column member_ids text[] not null default '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table holds drop column member_ids;
      drop table members;
    `);
  }
}
