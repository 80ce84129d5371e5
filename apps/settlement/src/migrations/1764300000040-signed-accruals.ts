import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds make sums of a period negative, and statements of the operator. */
export class SignedAccruals1764300000040 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table accruals drop constraint accruals_tokens_check;
      alter table statements drop constraint statements_tokens_check;
      alter table statement_parts drop constraint statement_parts_tokens_check;
      alter table statement_payments drop constraint statement_payments_tokens_check;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table accruals add check (tokens >= 0);
      alter table statements add check (tokens >= 0);
      alter table statement_parts add check (tokens > 0);
      alter table statement_payments add check (tokens > 0);
    `);
  }
}
