import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds holds, their amounts in entries, and expiry times. */
export class HoldsAndExpiry1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table entries
        add column held numeric(38) not null default 0,
        add column held_after numeric(38) not null default 0 check (held_after >= 0);
      create table holds (
        hold_id text primary key,
        wallet_id text not null,
        status text not null,
        tokens numeric(38) not null check (tokens >= 0),
        captured numeric(38) not null,
        shortfall numeric(38) not null,
        reason text not null,
        expires_at bigint not null,
        placed_at bigint not null
      ) with (fillfactor = 70);
      create index holds_of_wallet on holds (wallet_id, hold_id);
      create index holds_due on holds (expires_at) where status = 'open';
      create table expiring_tokens (
        wallet_id text not null,
        expires_at bigint not null,
        tokens numeric(38) not null check (tokens >= 0),
        primary key (wallet_id, expires_at)
      );
      create index expiring_tokens_due on expiring_tokens (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table expiring_tokens, holds;
      alter table entries drop column held, drop column held_after;
    `);
  }
}
