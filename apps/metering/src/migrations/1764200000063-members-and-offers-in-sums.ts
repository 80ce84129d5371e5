import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Shared wallets as a dimension of sums, and offers in those without keys. The sums are made anew:
 * the next stride of a lane adds up all of its charges, and until then these are read.
 */
export class MembersAndOffersInSums1764200000063 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table wallet_members (
        wallet_id text not null,
        member_id text not null,
        since bigint not null,
        primary key (wallet_id, member_id)
      );
      comment on table wallet_members is 'reference';
      create index wallet_members_by_member on wallet_members (member_id, since);
      -- Shared wallet of which the payer was a member.
      alter table charges add column member_of text;
      create index charges_of_members on charges (member_of, used_at) where member_of is not null;
      truncate usage_series, usage_sums;
      -- Dimensions that are told apart: 0 all, 1 without key, 2 without party, its wallet and key.
      alter table usage_series add column member_of text not null;
      create index usage_series_of_members on usage_series (member_of, cube) where member_of <> '';
      update usage_folds set folded_to = 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index usage_series_of_members, charges_of_members;
      truncate usage_series, usage_sums;
      alter table usage_series drop column member_of;
      update usage_folds set folded_to = 0;
      alter table charges drop column member_of;
      drop table wallet_members;
    `);
  }
}
