import type { MigrationInterface, QueryRunner } from 'typeorm';

/** State of people's sign-in, and the redirect URIs of clients. */
export class SignIn1765300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table oauth_clients add column redirect_uris text[];
      alter table oauth_states
        -- IV, ciphertext and tag, under a key derived from the master key; null for a used assertion.
        add column payload bytea,
        add column uid_hash bytea,
        add column grant_hash bytea,
        add column user_id text,
        add column consumed_at timestamptz;
      create index oauth_states_by_uid on oauth_states (model, uid_hash) where uid_hash is not null;
      create index oauth_states_by_grant on oauth_states (model, grant_hash) where grant_hash is not null;
      create index oauth_states_by_person on oauth_states (user_id) where user_id is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from oauth_states where payload is not null;
      alter table oauth_states drop column payload, drop column uid_hash, drop column grant_hash,
        drop column user_id, drop column consumed_at;
      alter table oauth_clients drop column redirect_uris;
    `);
  }
}
