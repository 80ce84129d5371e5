import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds holds and expiry times. */
export class HoldsAndExpiry1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table holds (
        lane int not null,
        hold_id text not null,
        wallet_id text not null,
        status text not null,
        tokens numeric(38) not null check (tokens >= 0),
        captured numeric(38) not null,
        shortfall numeric(38) not null,
        member_ids text[] not null default '{}',
        reason text not null,
        expires_at bigint not null,
        placed_at bigint not null,
        primary key (lane, hold_id)
      ) with (fillfactor = 70);
      comment on table holds is 'lane';
      create index holds_of_wallet on holds (lane, wallet_id, hold_id);
      create index holds_due on holds (expires_at) where status = 'open';
      create table expiring_tokens (
        lane int not null,
        wallet_id text not null,
        expires_at bigint not null,
        tokens numeric(38) not null check (tokens >= 0),
        primary key (lane, wallet_id, expires_at)
      );
      comment on table expiring_tokens is 'lane';
      create index expiring_tokens_due on expiring_tokens (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table expiring_tokens, holds;');
  }
}
