import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The private parts of the keys that sign access tokens. */
export class SigningKeys1764200000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What the first process to make a key settled, so that all go on with the same.
      create table signing_keys (
        number int primary key,
        key_id text not null unique,
        public_key jsonb not null,
        -- IV, ciphertext and tag, under a key derived from the master key; null once it is over.
        private_key bytea,
        created_at timestamptz not null default now()
      );
      comment on table signing_keys is 'local';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table signing_keys;');
  }
}
