import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of people, and of their memberships of parties. */
export class People1765200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table people (
        lane int not null,
        user_id text not null,
        contact_stream_id text not null,
        name text,
        email text,
        registered_at bigint not null,
        email_proved boolean not null,
        erased boolean not null,
        primary key (lane, user_id)
      );
      comment on table people is 'lane';
      -- A person who signs in is known by an address alone.
      create index people_by_contact on people (contact_stream_id) where not erased;
      create table memberships (
        lane int not null,
        party_id text not null,
        user_id text not null,
        party_kind text not null,
        role text not null,
        joined_at bigint not null,
        primary key (lane, party_id, user_id)
      );
      comment on table memberships is 'lane';
      create index memberships_by_person on memberships (user_id);
      create table invitations (
        lane int not null,
        invitation_id text not null,
        party_id text not null,
        user_id text not null,
        role text not null,
        email text not null,
        invited_by text not null,
        expires_at bigint not null,
        primary key (lane, invitation_id)
      );
      comment on table invitations is 'lane';
      create index invitations_by_party on invitations (lane, party_id, invitation_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table invitations, memberships, people;');
  }
}
