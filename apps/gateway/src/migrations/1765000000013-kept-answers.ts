import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds sealed answers, by which repeats of requests are answered, and their sizes. */
export class KeptAnswers1765000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table kept_answers (
        -- A keyed hash of the principal, the route and the Idempotency-Key.
        answer_id text primary key,
        -- A keyed hash of the body.
        input_hash text not null,
        -- The principal whose bytes these are.
        holder text not null,
        request_id text not null,
        -- The process that serves it.
        gateway_id text not null,
        expires_at timestamptz not null,
        ended_at timestamptz,
        costs_nothing boolean not null default false,
        -- IV, ciphertext and tag, under a key derived from the master key.
        sealed bytea,
        -- Bytes that are counted for it in kept_bytes.
        bytes int not null default 0
      );
      -- What is encrypted can't be compressed.
      alter table kept_answers alter column sealed set storage external;
      -- In no event, and not kept for long: a restore begins without them.
      comment on table kept_answers is 'local';
      create index kept_answers_by_end on kept_answers (expires_at);

      -- Bytes of kept answers, by principal, and of all of them in 16 parts.
      create table kept_bytes (
        holder text primary key,
        bytes bigint not null
      );
      comment on table kept_bytes is 'local';
      create index kept_bytes_of_nobody on kept_bytes (holder) where bytes <= 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table kept_answers, kept_bytes;');
  }
}
