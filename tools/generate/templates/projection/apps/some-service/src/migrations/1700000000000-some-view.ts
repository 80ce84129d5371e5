import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The read model some view, which can be rebuilt from events. */
export class SomeView1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table some_view (
        lane int not null,
        stream_id text not null,
        events int not null,
        primary key (lane, stream_id)
      );
      comment on table some_view is 'lane';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table some_view;');
  }
}
