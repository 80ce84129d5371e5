import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the projection `api-keys` by which tokens of people are checked. */
export class PeopleOfParties1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table party_people (
        party_id text not null,
        user_id text not null,
        party_kind text not null,
        role text not null,
        primary key (party_id, user_id)
      );
      -- A person is asked about wherever a token of theirs is used.
      comment on table party_people is 'reference';
      create table erased_people (
        user_id text primary key
      );
      comment on table erased_people is 'reference';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table erased_people, party_people;');
  }
}
