import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the operator allows on its market; purchases and what became of them; plans and when they are due. */
export class Market1764800000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table market_policies (
        version int primary key,
        policy jsonb not null
      );
      create table purchases (
        purchase_id text primary key,
        wallet_id text not null,
        tokens numeric(38) not null,
        method text not null,
        currency text not null,
        amount numeric(38) not null,
        status text not null,
        payment_id text,
        payment_url text,
        failure_code text,
        failure_reason text,
        created_at bigint not null,
        resolved_at bigint
      ) with (fillfactor = 70);
      create index purchases_of_wallet on purchases (wallet_id, purchase_id);
      create table plans (
        wallet_id text primary key,
        plan_id text not null,
        tokens numeric(38) not null,
        rollover_cap numeric(38) not null,
        transferable boolean not null,
        resets_at bigint not null,
        renew_at bigint
      ) with (fillfactor = 70);
      create index plans_reset on plans (resets_at);
      create index plans_renew on plans (renew_at) where renew_at is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table plans, purchases, market_policies;');
  }
}
