import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds approvals. */
export class Approvals1764800000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table approvals (
        approval_id text primary key,
        kind text not null,
        wallet_id text,
        proposal jsonb not null,
        status text not null,
        proposed_by text not null,
        proposed_at bigint not null,
        decided_by text,
        decided_at bigint,
        reason text
      );
      comment on table approvals is 'reference';
      create index approvals_by_status on approvals (status, approval_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table approvals;');
  }
}
