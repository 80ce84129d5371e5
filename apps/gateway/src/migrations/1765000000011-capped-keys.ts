import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the API keys that have caps of their own. */
export class CappedKeys1765000000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table capped_keys (
        wallet_id text not null,
        key_id text not null,
        primary key (wallet_id, key_id)
      );
      -- Found by the key, whatever lane its wallet is in.
      comment on table capped_keys is 'reference';
      create index capped_keys_by_key on capped_keys (key_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table capped_keys;');
  }
}
