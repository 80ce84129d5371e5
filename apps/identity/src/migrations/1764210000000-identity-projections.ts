import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of identity's read models. All of them can be rebuilt from its events. */
export class IdentityProjections1764210000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table parties (
        lane int not null,
        party_id text not null,
        kind text not null,
        status text not null,
        person_id text not null,
        name text,
        owner_name text,
        email text,
        msisdn text,
        registered_at bigint not null,
        erased boolean not null,
        primary key (lane, party_id)
      );
      comment on table parties is 'lane';
      create table party_keys (
        lane int not null,
        key_id text not null,
        party_id text not null,
        name text not null,
        scopes text[] not null,
        issued_at bigint not null,
        expires_at bigint,
        minted_by text,
        successor_id text,
        parent text,
        limits jsonb not null,
        revoked boolean not null,
        primary key (lane, key_id)
      );
      comment on table party_keys is 'lane';
      create index party_keys_by_party on party_keys (lane, party_id, key_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table party_keys, parties;');
  }
}
