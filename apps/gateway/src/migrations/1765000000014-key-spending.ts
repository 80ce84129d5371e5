import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds what counts against the caps of keys. */
export class KeySpending1765000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table key_spending (
        lane int not null,
        wallet_id text not null,
        key_id text not null,
        -- A day of the operator's.
        day text not null,
        tokens numeric(38) not null,
        primary key (lane, wallet_id, key_id, day)
      );
      comment on table key_spending is 'lane';
      create index key_spending_by_key on key_spending (key_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table key_spending;');
  }
}
