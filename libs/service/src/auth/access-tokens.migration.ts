import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the projection `api-keys` by which access tokens are checked. */
export class AccessTokens1764000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- An OAuth client is a key without a secret of its own: it proves itself by access tokens.
      alter table api_keys alter column secret_hash drop not null;
      create table token_keys (
        key_id text primary key,
        issuer text not null,
        public_key jsonb not null,
        expires_at timestamptz not null
      );
      comment on table token_keys is 'reference';
      create table revoked_tokens (
        token_id text primary key,
        party_id text not null,
        expires_at timestamptz not null
      );
      comment on table revoked_tokens is 'reference';
      create index revoked_tokens_by_party on revoked_tokens (party_id, expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table revoked_tokens, token_keys;
      delete from api_keys where secret_hash is null;
      alter table api_keys alter column secret_hash set not null;
    `);
  }
}
