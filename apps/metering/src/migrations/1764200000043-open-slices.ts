import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Open slices of payers at processes of the gateway. */
export class OpenSlices1764200000043 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table open_slices (
        lane int not null,
        slice_id text not null,
        party_id text not null,
        closes_at bigint not null,
        primary key (lane, slice_id)
      );
      comment on table open_slices is 'lane';
      create index open_slices_due on open_slices (closes_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table open_slices');
  }
}
