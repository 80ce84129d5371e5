import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createFoldUsage } from '../usage-sums/fold-usage.ts';

/**
 * Strides of sums are counted from the last one's end. A change of the function is a migration that
 * creates it anew.
 */
export class StridesThatEndEarly1764200000066 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Number of uses that are in the sums.
      alter table usage_folds add column folded_uses bigint not null default 0;
      update usage_folds set folded_uses = (
        select count(*) from charges where charges.lane = usage_folds.lane and charges.sequence <= usage_folds.folded_to);
      alter table usage_folds alter column folded_uses drop default;
      ${createFoldUsage}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function fold_usage(int, bigint[], bigint[]);
      alter table usage_folds drop column folded_uses;
    `);
  }
}
