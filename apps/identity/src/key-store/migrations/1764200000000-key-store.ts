import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tables of the key store, whose content must never stand in events. It can't be rebuilt and has a
 * backup of its own.
 */
export class KeyStore1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table person_keys (
        person_id text primary key,
        -- IV, ciphertext and tag, under a key derived from the master key; null once it was destroyed, so that none takes its place.
        wrapped_key bytea,
        created_at timestamptz not null default now()
      );
      comment on table person_keys is 'local';
      -- What the first try of a request settled, so that every repeat goes on with the same.
      create table issued_secrets (
        command_id uuid primary key,
        input_hash text not null,
        party_id text not null,
        person_id text,
        key_id text not null,
        scopes text[] not null,
        secret_hash text not null,
        -- IV, ciphertext and tag; null once it is over.
        secret bytea,
        shown_until timestamptz not null
      );
      comment on table issued_secrets is 'local';
      create index issued_secrets_by_party on issued_secrets (party_id);
      create index issued_secrets_by_end on issued_secrets (shown_until) where secret is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table issued_secrets, person_keys;');
  }
}
