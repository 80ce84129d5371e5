import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the projection `api-keys` of identity's events, which every service has. */
export class ApiKeys1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Events of one key arrive in order, but a suspension comes in the party's stream: it has a
    // table of its own.
    await runner.query(`
      create table api_keys (
        key_id text primary key,
        party_id text not null,
        party_kind text not null,
        secret_hash bytea not null unique,
        scopes text[] not null,
        expires_at timestamptz,
        revoked boolean not null default false,
        minted_by text,
        succeeds text,
        parent text,
        rights jsonb not null,
        budget jsonb
      );
      -- A key is asked about wherever it is used.
      comment on table api_keys is 'reference';
      create index api_keys_by_predecessor on api_keys (succeeds) where succeeds is not null;
      create table suspended_parties (
        party_id text primary key
      );
      comment on table suspended_parties is 'reference';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table api_keys; drop table suspended_parties');
  }
}
