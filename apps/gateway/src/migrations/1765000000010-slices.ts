import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Adds open slices, the processes that have them, and the units of requests not reported yet. */
export class Slices1765000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table open_slices (
        lane int not null,
        slice_id text not null,
        party_id text not null,
        gateway_id text not null,
        epoch int not null,
        primary key (lane, slice_id)
      );
      comment on table open_slices is 'lane';
      create index open_slices_by_gateway on open_slices (gateway_id);

      create table gateway_processes (
        gateway_id text primary key,
        epoch int not null,
        alive_until timestamptz not null
      );
      -- Leases are no facts: processes that come after a restore have others.
      comment on table gateway_processes is 'local';

      create table checkpoints (
        gateway_id text not null,
        request_id text not null,
        slice_id text not null,
        use jsonb not null,
        -- The request is over, and its use answered.
        is_over boolean not null,
        primary key (gateway_id, request_id)
      );
      comment on table checkpoints is 'local';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table open_slices, gateway_processes, checkpoints;');
  }
}
