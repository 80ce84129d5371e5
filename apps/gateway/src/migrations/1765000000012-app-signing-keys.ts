import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds the keys that sign who calls an app. */
export class AppSigningKeys1765000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table app_signing_keys (
        kid text primary key,
        public_jwk jsonb not null,
        -- IV, ciphertext and tag, under a key derived from the master key.
        sealed bytea not null,
        signs_from timestamptz not null
      );
      -- No event has them: without them others are made, and apps fetch those.
      comment on table app_signing_keys is 'local';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table app_signing_keys');
  }
}
