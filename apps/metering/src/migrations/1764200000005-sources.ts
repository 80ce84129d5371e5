import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mappings of types of usage events to app, model and units. */
export class Sources1764200000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sources (
        lane int not null,
        source_id text not null,
        party_id text not null,
        type text collate "C" not null,
        version int not null,
        mapping jsonb not null,
        set_at bigint not null,
        primary key (lane, source_id)
      );
      comment on table sources is 'lane';
      create index sources_by_type on sources (type, party_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table sources');
  }
}
