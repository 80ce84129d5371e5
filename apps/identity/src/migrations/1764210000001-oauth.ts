import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of OAuth: the read model of clients, and the assertions that were used. */
export class Oauth1764210000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table oauth_clients (
        lane int not null,
        client_id text not null,
        party_id text not null,
        name text not null,
        scopes text[] not null,
        minted_by text not null,
        registered_at bigint not null,
        secret_hash text,
        earlier_hash text,
        earlier_until bigint,
        public_keys jsonb,
        deleted boolean not null,
        primary key (lane, client_id)
      );
      comment on table oauth_clients is 'lane';
      create index oauth_clients_by_party on oauth_clients (lane, party_id, client_id);
      create index oauth_clients_by_id on oauth_clients (client_id);
      -- State of the authorization server that no event has: swept once it has expired.
      create table oauth_states (
        model text not null,
        id_hash bytea not null,
        expires_at timestamptz not null,
        primary key (model, id_hash)
      );
      comment on table oauth_states is 'local';
      create index oauth_states_by_end on oauth_states (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table oauth_states, oauth_clients;');
  }
}
