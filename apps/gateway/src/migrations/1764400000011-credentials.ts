import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The key store of providers' credentials, which can't be rebuilt, and the projection that says
 * which of them are in force.
 */
export class Credentials1764400000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sealed_credentials (
        credentials_id text primary key,
        -- What the first try of a request settled, so that every repeat goes on with the same.
        command_id uuid not null unique,
        input_hash text not null,
        model_id text not null,
        -- IV, ciphertext and tag, under a key derived from the master key.
        sealed bytea not null,
        sealed_at timestamptz not null default now()
      );
      -- No event has them: a backup of this table is the only other copy.
      comment on table sealed_credentials is 'local';
      create table offer_credentials (
        lane int not null,
        model_id text not null,
        credentials_id text not null,
        set_by text not null,
        set_at bigint not null,
        former_id text,
        former_until bigint,
        primary key (lane, model_id)
      );
      comment on table offer_credentials is 'lane';
      create index offer_credentials_by_offer on offer_credentials (model_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table offer_credentials, sealed_credentials');
  }
}
