import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds market policies, purchases with their payments, and plans with their due times. */
export class Market1764800000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table market_policies (
        version int primary key,
        policy jsonb not null
      );
      comment on table market_policies is 'reference';
      create table purchases (
        lane int not null,
        purchase_id text not null,
        wallet_id text not null,
        tokens numeric(38) not null,
        method text not null,
        currency text not null,
        amount numeric(38) not null,
        price_version int not null,
        price_holds_until bigint,
        expires_at bigint,
        status text not null,
        payment_id text,
        payment_url text,
        failure_code text,
        failure_reason text,
        paid numeric(38) not null,
        paid_by text,
        credited numeric(38) not null,
        refunded numeric(38) not null,
        disputed numeric(38) not null,
        won numeric(38) not null,
        reversed numeric(38) not null,
        taken_back numeric(38) not null,
        changes int not null,
        causation_id text not null,
        correlation_id text not null,
        actor text not null,
        created_at bigint not null,
        resolved_at bigint,
        primary key (lane, purchase_id)
      ) with (fillfactor = 70);
      comment on table purchases is 'lane';
      create index purchases_of_wallet on purchases (lane, wallet_id, purchase_id);
      create index purchases_pending on purchases (expires_at) where status = 'pending';
      create table payment_requests (
        lane int not null,
        purchase_id text not null,
        attempts int not null,
        next_at bigint not null,
        primary key (lane, purchase_id)
      ) with (fillfactor = 70);
      comment on table payment_requests is 'lane';
      create table payment_contradictions (
        notice_id text primary key,
        purchase_id text not null,
        wallet_id text not null,
        kind text not null,
        currency text not null,
        amount numeric(38) not null,
        payment_id text,
        code text not null,
        time bigint not null,
        status text not null,
        approval_id text,
        action text,
        note text,
        resolved_at bigint
      ) with (fillfactor = 70);
      comment on table payment_contradictions is 'reference';
      create index payment_contradictions_by_status on payment_contradictions (status, time, notice_id);
      create table plans (
        lane int not null,
        wallet_id text not null,
        plan_id text not null,
        tokens numeric(38) not null,
        rollover_cap numeric(38) not null,
        transferable boolean not null,
        resets_at bigint not null,
        renew_at bigint,
        primary key (lane, wallet_id)
      ) with (fillfactor = 70);
      comment on table plans is 'lane';
      create index plans_reset on plans (resets_at);
      create index plans_renew on plans (renew_at) where renew_at is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table plans, payment_contradictions, payment_requests, purchases, market_policies;');
  }
}
